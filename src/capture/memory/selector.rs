//! Simple selectors: a name, an ID, classes, attributes, `:disabled`, and `:autofill` of an element with the attribute
//! `filled`.

use super::MemoryNode;
use crate::capture::node::{Node, NodeKind};

impl MemoryNode {
    pub(super) fn matches_one(&self, selector: &str) -> Option<bool> {
        let start = selector.find(['#', '.', '[', ':']).unwrap_or(selector.len());
        let (tag, mut rest) = selector.split_at(start);
        let mut is_match = self.kind() == NodeKind::Element && (tag.is_empty() || self.tag() == tag);
        while !rest.is_empty() {
            let end = rest[1..].find(['#', '.', '[', ':']).map_or(rest.len(), |end| end + 1);
            let (part, after) = rest.split_at(end);
            rest = after;
            is_match &= match part.split_at(1) {
                ("#", id) => self.attribute("id").as_deref() == Some(id),
                (".", class) => self.attribute("class").unwrap_or_default().split(' ').any(|one| one == class),
                ("[", inside) => match inside.strip_suffix(']')?.split_once('=') {
                    Some((name, value)) => self.attribute(name).as_deref() == Some(value),
                    None => self.attribute(&inside[..inside.len() - 1]).is_some(),
                },
                (":", "disabled") => {
                    let mut at = Some(self.clone());
                    std::iter::from_fn(|| {
                        let node = at.take()?;
                        at = node.parent();
                        Some(node)
                    })
                    .any(|node| (node == *self || node.tag() == "fieldset") && node.attribute("disabled").is_some())
                }
                (":", "autofill") => self.attribute("filled").is_some(),
                _ => return None,
            };
        }
        Some(is_match)
    }
}
