//! The element that a click is about: the nearest interactive one above the innermost element of the click.

use super::node::{Node, NodeKind, above, attribute, has_value};

/// The most nodes above the innermost element that may be the target.
const STEPS: usize = 10;
/// The most nodes in which the control of a label is looked for.
const LABEL_NODES: usize = 100;

/// Roles of elements that a user operates.
const ROLES: &[&str] = &[
    "button",
    "link",
    "tab",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "option",
    "checkbox",
    "radio",
    "switch",
    "treeitem",
    "gridcell",
];

/// The target of a click.
#[derive(Clone, Debug)]
pub struct Target<N> {
    /// The element.
    pub node: N,
    /// Whether no interactive element was found.
    pub is_plain: bool,
    /// Whether the user clicked a label of the element.
    pub is_by_label: bool,
}

/// The attributes of which one makes an element interactive.
const OPERATED: &str = "[role],[contenteditable],[tabindex],[onclick],[data-wm-name]";

/// Whether a user operates the element, which has this tag.
pub fn is_interactive<N: Node>(element: &N, tag: &str) -> bool {
    let has = |name: &str| element.attribute(name).is_some();
    let by_name = match tag {
        "a" => has("href") || has("xlink:href"),
        "area" | "button" | "input" | "select" | "textarea" | "summary" | "label" | "option" => true,
        "video" | "audio" => has("controls"),
        _ => false,
    };
    let by_attribute = || {
        attribute(element, "role").is_some_and(|role| ROLES.contains(&&*role.trim().to_ascii_lowercase()))
            || is_editable(element)
            || attribute(element, "tabindex")
                .is_some_and(|index| index.trim().parse().is_ok_and(|index: i64| index >= 0))
            || has("onclick")
            || has("data-wm-name")
    };
    by_name || element.matches(OPERATED) != Some(false) && by_attribute()
}

/// Whether the element is an editor of its own.
pub fn is_editable<N: Node>(element: &N) -> bool {
    attribute(element, "contenteditable").is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
}

/// The target of a click whose innermost node is `innermost`; `None` for the page itself.
pub fn of<N: Node>(innermost: &N) -> Option<Target<N>> {
    let mut at = Some(innermost.clone());
    let mut first = None;
    for _ in 0..=STEPS {
        let Some(node) = at else { break };
        let kind = node.kind();
        if kind == NodeKind::Element {
            let tag = node.tag();
            if is_interactive(&node, &tag) {
                return Some(interactive(node, &tag));
            }
            first.get_or_insert_with(|| node.clone());
        }
        at = above(&node, kind);
    }
    let node = first.filter(|node: &N| !matches!(&*node.tag(), "html" | "body"))?;
    Some(Target { node, is_plain: true, is_by_label: false })
}

fn interactive<N: Node>(node: N, tag: &str) -> Target<N> {
    if tag == "label"
        && let Some(control) = control(&node)
    {
        return Target { node: control, is_plain: false, is_by_label: true };
    }
    let select = if tag == "option" { node.closest("select") } else { None };
    Target { node: select.unwrap_or(node), is_plain: false, is_by_label: false }
}

fn is_labelable<N: Node>(node: &N) -> bool {
    match &*node.tag() {
        "input" => !has_value(node, "type", "hidden"),
        "button" | "select" | "textarea" | "meter" | "output" | "progress" => true,
        _ => false,
    }
}

/// The control that a label is for.
pub fn control<N: Node>(label: &N) -> Option<N> {
    if let Some(id) = attribute(label, "for") {
        return label.by_id(&id).filter(is_labelable);
    }
    descendants(label, LABEL_NODES).into_iter().find(is_labelable)
}

/// The first `most` nodes inside a node that are elements, in the order of the page.
fn descendants<N: Node>(node: &N, most: usize) -> Vec<N> {
    let (mut found, mut open) = (Vec::new(), vec![node.first_child()]);
    let mut asked = 0;
    while let Some(next) = open.pop() {
        let Some(node) = next else { continue };
        asked += 1;
        if asked > most {
            break;
        }
        open.push(node.next_sibling());
        if node.kind() == NodeKind::Element {
            open.push(node.first_child());
            found.push(node);
        }
    }
    found
}

/// The form that a control belongs to.
pub fn form_of<N: Node>(control: &N) -> Option<N> {
    match attribute(control, "form") {
        Some(id) => control.by_id(&id).filter(|node| node.tag() == "form"),
        None => control.closest("form"),
    }
}

/// Whether a click on the control submits its form.
pub fn is_submit<N: Node>(control: &N) -> bool {
    let kind = attribute(control, "type").unwrap_or_default().trim().to_ascii_lowercase();
    match &*control.tag() {
        "button" => !matches!(&*kind, "button" | "reset"),
        "input" => matches!(&*kind, "submit" | "image"),
        _ => false,
    }
}

/// Whether the control is switched off, by itself or by its fieldset.
pub fn is_disabled<N: Node>(control: &N) -> bool {
    matches!(&*control.tag(), "button" | "input" | "select" | "textarea") && control.matches(":disabled") == Some(true)
}
