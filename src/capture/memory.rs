//! A page in memory, written as HTML: the other side of [`Node`] beside the browser's.

mod selector;

use super::node::{ATTRIBUTE, Around, Node, NodeKind, above};
use std::cell::RefCell;
use std::rc::Rc;

/// A node of a page in memory.
#[derive(Clone)]
pub struct MemoryNode {
    page: Rc<RefCell<Vec<Data>>>,
    at: usize,
}

#[derive(Default)]
struct Data {
    kind: Option<NodeKind>,
    tag: String,
    attributes: Vec<(String, String)>,
    text: String,
    parent: Option<usize>,
    children: Vec<usize>,
    /// The open shadow tree of the element.
    root: Option<usize>,
    was_password: bool,
}

impl PartialEq for MemoryNode {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.page, &other.page) && self.at == other.at
    }
}

impl std::fmt::Debug for MemoryNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} {}>", self.tag(), self.at)
    }
}

const VOID: [&str; 4] = ["input", "img", "br", "area"];

/// A page whose `<body>` has this content. `<shadow>` is the shadow tree of the element around it; quotes of attributes
/// may be left out.
pub fn page(html: &str) -> MemoryNode {
    let page = Rc::new(RefCell::new(vec![Data { kind: Some(NodeKind::Other), ..Data::default() }]));
    let document = MemoryNode { page, at: 0 };
    let body = document.add_element("html", "").add_element("body", "");
    body.read(html);
    body
}

impl MemoryNode {
    fn add(&self, data: Data) -> MemoryNode {
        let mut page = self.page.borrow_mut();
        let at = page.len();
        page.push(Data { parent: Some(self.at), ..data });
        if page[at].kind == Some(NodeKind::Root) {
            page[self.at].root = Some(at);
        } else {
            page[self.at].children.push(at);
        }
        MemoryNode { page: Rc::clone(&self.page), at }
    }

    fn add_element(&self, tag: &str, attributes: &str) -> MemoryNode {
        let kind = if tag == "shadow" { NodeKind::Root } else { NodeKind::Element };
        let mut rest = attributes.trim();
        let mut found = Vec::new();
        while !rest.is_empty() {
            let end = rest.find(['=', ' ']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (value, after) = match after.strip_prefix('=') {
                Some(after) => match after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
                    Some(quote) => after[1..].split_once(quote).unwrap(),
                    None => after.split_at(after.find(' ').unwrap_or(after.len())),
                },
                None => ("", after),
            };
            found.push((name.to_owned(), value.to_owned()));
            rest = after.trim();
        }
        self.add(Data { kind: Some(kind), tag: tag.to_owned(), attributes: found, ..Data::default() })
    }

    /// Reads HTML into the element.
    pub fn read(&self, html: &str) {
        let mut open = vec![self.clone()];
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            let (text, after) = rest.split_at(start);
            open.last().unwrap().add_text(text);
            let (tag, after) = after[1..].split_once('>').unwrap();
            rest = after;
            if tag.starts_with('/') {
                open.pop();
                continue;
            }
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let element = open.last().unwrap().add_element(name, attributes);
            if !VOID.contains(&name) {
                open.push(element);
            }
        }
        open.last().unwrap().add_text(rest);
    }

    fn add_text(&self, text: &str) {
        if !text.is_empty() {
            self.add(Data { kind: Some(NodeKind::Text), text: text.to_owned(), ..Data::default() });
        }
    }

    fn of(&self, at: usize) -> MemoryNode {
        MemoryNode { page: Rc::clone(&self.page), at }
    }

    /// The element that matches the selector first.
    pub fn find(&self, selector: &str) -> MemoryNode {
        let count = self.page.borrow().len();
        (0..count)
            .map(|at| self.of(at))
            .find(|node| node.matches(selector) == Some(true) && node.is_connected())
            .unwrap()
    }

    /// All nodes of the page.
    pub fn all(&self) -> Vec<MemoryNode> {
        (0..self.page.borrow().len()).map(|at| self.of(at)).collect()
    }

    /// Sets an attribute.
    pub fn set(&self, name: &str, value: &str) {
        let attributes = &mut self.page.borrow_mut()[self.at].attributes;
        attributes.retain(|one| one.0 != name);
        attributes.push((name.to_owned(), value.to_owned()));
    }

    /// Takes the node off the page.
    pub fn remove(&self) {
        let parent = self.page.borrow_mut()[self.at].parent.take().unwrap();
        self.page.borrow_mut()[parent].children.retain(|&child| child != self.at);
    }

    /// Replaces what is in the element.
    pub fn fill(&self, html: &str) {
        self.page.borrow_mut()[self.at].children.clear();
        self.read(html);
    }

    fn root(&self) -> MemoryNode {
        let mut at = self.clone();
        while let (Some(parent), false) = (at.parent(), at.kind() == NodeKind::Root) {
            at = parent;
        }
        at
    }

    /// The elements of the node's own tree, in the order of the page.
    fn tree(&self) -> Vec<MemoryNode> {
        let (mut found, mut open) = (Vec::new(), vec![self.root()]);
        while let Some(node) = open.pop() {
            open.extend(node.page.borrow()[node.at].children.iter().rev().map(|&child| self.of(child)));
            found.push(node);
        }
        found
    }
}

impl Node for MemoryNode {
    fn kind(&self) -> NodeKind {
        self.page.borrow()[self.at].kind.unwrap()
    }

    fn tag(&self) -> String {
        self.page.borrow()[self.at].tag.clone()
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let page = self.page.borrow();
        let found = page[self.at].attributes.iter().find(|one| one.0 == name)?;
        Some(found.1.chars().take(ATTRIBUTE + 1).collect())
    }

    fn parent(&self) -> Option<Self> {
        self.page.borrow()[self.at].parent.map(|parent| self.of(parent))
    }

    fn slot(&self, kind: NodeKind) -> Option<Self> {
        let host = self.parent().filter(|_| kind != NodeKind::Root)?;
        let root = self.page.borrow()[host.at].root?;
        let name = self.attribute("slot").unwrap_or_default();
        self.of(root)
            .tree()
            .into_iter()
            .find(|node| node.tag() == "slot" && node.attribute("name").unwrap_or_default() == name)
    }

    fn first_child(&self) -> Option<Self> {
        self.page.borrow()[self.at].children.first().map(|&child| self.of(child))
    }

    fn next_sibling(&self) -> Option<Self> {
        let parent = self.parent()?;
        let children = self.page.borrow()[parent.at].children.clone();
        let next = children.iter().position(|&child| child == self.at)? + 1;
        children.get(next).map(|&child| self.of(child))
    }

    fn text(&self, limit: usize) -> String {
        self.page.borrow()[self.at].text.chars().take(limit).collect()
    }

    fn position(&self) -> Option<u32> {
        let parent = self.parent()?;
        let children = self.page.borrow()[parent.at].children.clone();
        let alike: Vec<MemoryNode> =
            children.into_iter().map(|child| self.of(child)).filter(|node| node.tag() == self.tag()).collect();
        (alike.len() > 1 && alike.len() <= 100).then(|| alike.iter().position(|node| node == self).unwrap() as u32 + 1)
    }

    fn is_connected(&self) -> bool {
        let mut at = self.clone();
        while let Some(parent) = at.parent() {
            at = parent;
        }
        at.at == 0
    }

    fn matches(&self, selector: &str) -> Option<bool> {
        selector.split(',').try_fold(false, |is_match, one| Some(self.matches_one(one.trim())? || is_match))
    }

    fn closest(&self, selector: &str) -> Option<Self> {
        let mut at = Some(self.clone()).filter(|node| node.kind() == NodeKind::Element);
        while let Some(node) = &at
            && node.matches(selector) != Some(true)
        {
            at = node.parent().filter(|node| node.kind() == NodeKind::Element);
        }
        at
    }

    /// Leaves out nothing.
    fn around(&self, outer: &Self, most: usize, _marks: &str, _names: &str) -> Around<Self> {
        let mut nodes = Vec::new();
        let mut at = Some(self.clone());
        while let Some(node) = at.filter(|_| nodes.len() < most) {
            at = above(&node, node.kind());
            nodes.push(node);
        }
        let is_cut = nodes.len() == most;
        let outer = nodes.iter().position(|node| node == outer).map(|at| nodes.split_off(at));
        Around { inner: nodes, outer, is_cut }
    }

    fn by_id(&self, id: &str) -> Option<Self> {
        self.tree().into_iter().find(|node| node.attribute("id").as_deref() == Some(id))
    }

    fn label(&self) -> Option<Self> {
        let id = self.attribute("id")?;
        let is_label = |node: &MemoryNode| node.tag() == "label" && node.attribute("for").as_ref() == Some(&id);
        self.tree().into_iter().find(is_label)
    }

    fn controls(&self) -> Vec<Self> {
        let is_control = |node: &MemoryNode| {
            matches!(&*node.tag(), "input" | "select" | "textarea" | "button" | "fieldset" | "output")
                && super::target::form_of(node).as_ref() == Some(self)
        };
        self.tree().into_iter().filter(is_control).collect()
    }

    fn address(&self, address: &str) -> Option<String> {
        let is_absolute = address.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'));
        Some(if is_absolute { address.to_owned() } else { format!("https://shop.example/{address}") })
    }

    fn was_password(&self) -> bool {
        let is_now = self.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
        let data = &mut self.page.borrow_mut()[self.at];
        data.was_password |= is_now;
        data.was_password
    }
}
