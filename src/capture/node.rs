//! The nodes of a page as capture reads them. The browser edge reads a real page; tests have one in memory. Every
//! reading is bounded: capture asks for one fact at a time, and stops when it knows enough.

/// The longest attribute that is read whole, in UTF-16 code units.
pub const ATTRIBUTE: usize = 4_096;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An element.
    Element,
    /// A text.
    Text,
    /// The root of a shadow tree; its parent is the host.
    Root,
    /// Anything else, such as a comment or a document.
    Other,
}

/// A node of a page. Two values are equal if they are the same node. No method throws: what cannot be read is not
/// there.
pub trait Node: Clone + PartialEq {
    /// What the node is.
    fn kind(&self) -> NodeKind;
    /// The element's name without a namespace, in lower case.
    fn tag(&self) -> String;
    /// An attribute. Of an attribute that is longer than [`ATTRIBUTE`] the beginning is returned, which is longer than
    /// that too.
    fn attribute(&self, name: &str) -> Option<String>;
    /// The parent; of a shadow root its host.
    fn parent(&self) -> Option<Self>;
    /// The slot of an open shadow tree that shows the node, which is of this kind.
    fn slot(&self, kind: NodeKind) -> Option<Self>;
    /// The first child.
    fn first_child(&self) -> Option<Self>;
    /// The next sibling.
    fn next_sibling(&self) -> Option<Self>;
    /// The beginning of a text node's text, at most `limit` UTF-16 code units.
    fn text(&self, limit: usize) -> String;
    /// The element's place among its siblings of the same name, from 1. `None` if there is no such sibling, or too many
    /// siblings to count.
    fn position(&self) -> Option<u32>;
    /// Whether the node is part of the page.
    fn is_connected(&self) -> bool;
    /// Whether the element matches a selector. `None` if the selector is invalid.
    fn matches(&self, selector: &str) -> Option<bool>;
    /// The nearest of the element and the elements above it, within its own tree, that matches a selector.
    fn closest(&self, selector: &str) -> Option<Self>;
    /// The nodes that this one is shown in, itself first, of which at most `most` are asked. Elements may be left out that
    /// match neither of the selectors, `names` by their classes and `marks` in any way. An invalid selector leaves out
    /// none.
    fn around(&self, outer: &Self, most: usize, marks: &str, names: &str) -> Around<Self>;
    /// The element of an ID in the node's own tree.
    fn by_id(&self, id: &str) -> Option<Self>;
    /// The first label of a form control.
    fn label(&self) -> Option<Self>;
    /// The controls of a form, at most 200.
    fn controls(&self) -> Vec<Self>;
    /// An address that an attribute has, made absolute.
    fn address(&self, address: &str) -> Option<String>;
    /// Whether the field was ever seen as a password field. A call for a password field notes that.
    fn was_password(&self) -> bool;
}

/// The nodes that a node is shown in, one in the other.
#[derive(Clone, Debug)]
pub struct Around<N> {
    /// The nodes before the outer one, the innermost first.
    pub inner: Vec<N>,
    /// The outer one and the nodes that it is shown in; `None` if it is not one of them.
    pub outer: Option<Vec<N>>,
    /// Whether there are as many as were asked for, or more.
    pub is_cut: bool,
}

/// An attribute that is not too long to be read whole.
pub fn attribute<N: Node>(node: &N, name: &str) -> Option<String> {
    node.attribute(name).filter(|value| value.encode_utf16().count() <= ATTRIBUTE)
}

/// Whether the attribute has this value, in any case.
pub fn has_value<N: Node>(node: &N, name: &str, expected: &str) -> bool {
    attribute(node, name).is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}

/// The node that the browser shows this one in, which is of this kind: its slot, else its parent.
pub fn above<N: Node>(node: &N, kind: NodeKind) -> Option<N> {
    node.slot(kind).or_else(|| node.parent())
}

/// A list of names, and the selector of the elements that have one of them: each name between the two texts.
macro_rules! listed {
    ($(#[$doc:meta])* $list:ident, $selector:ident: $before:literal, $after:literal; $first:literal, $($name:literal,)*) => {
        $(#[$doc])*
        pub(super) const $list: &[&str] = &[$first, $($name),*];
        /// The elements that have one of them.
        const $selector: &str = concat!($before, $first, $after, $(",", $before, $name, $after),*);
    };
}
pub(super) use listed;
