//! The path of an element: like elements have like paths. It groups elements and does not promise to find one.

use super::node::{Node, NodeKind, attribute};
use super::redact;

/// The most steps of a path.
const STEPS: usize = 8;
/// The most nodes that a path looks at.
const NODES: usize = 20;
/// The longest path, in bytes.
const LONGEST: usize = 512;
/// The most classes of a step.
const CLASSES: usize = 2;
/// The longest ID or class that names a step.
const NAME: usize = 32;
/// The longest name of an element.
pub(super) const TAG: usize = 32;

/// Beginnings of names that libraries make up anew for each build or page.
const MADE_UP: &[&str] = &["_", "radix-", "ember", "mui-", "css-", "sc-", "jsx-", "ng-"];

/// Whether an ID or a class names the same thing on another day: a word of letters.
fn is_stable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
        && !MADE_UP.iter().any(|beginning| name.starts_with(beginning))
}

/// The path of an element. No positions are given inside a censored region: on a pad of keys they tell the digit.
pub fn of<N: Node>(element: &N, region: Option<&N>) -> String {
    let mut path = String::new();
    let mut at = Some(element.clone());
    let (mut is_inside, mut steps, mut joint) = (region.is_some(), 0, "");
    for _ in 0..NODES {
        let Some(node) = at else { break };
        match node.kind() {
            NodeKind::Element => {
                is_inside &= region != Some(&node);
                let (step, is_anchor) = step(&node, !is_inside);
                let longer = [&*step, joint, &*path].concat();
                if longer.len() > LONGEST {
                    break;
                }
                (path, joint, steps) = (longer, ">", steps + 1);
                if is_anchor || steps == STEPS {
                    break;
                }
            }
            NodeKind::Root => joint = " >> ",
            NodeKind::Text | NodeKind::Other => {}
        }
        at = node.parent();
    }
    path
}

/// A step, and whether its ID ends the path.
fn step<N: Node>(element: &N, has_position: bool) -> (String, bool) {
    let mut step = redact::cut(&element.tag(), TAG).to_owned();
    if let Some(id) = attribute(element, "id").filter(|id| is_stable(id)) {
        return ([&*step, "#", &*id].concat(), true);
    }
    let classes = attribute(element, "class").unwrap_or_default();
    for class in classes.split_ascii_whitespace().filter(|class| is_stable(class)).take(CLASSES) {
        step = [&*step, ".", class].concat();
    }
    if let (Some(position), true) = (element.position(), has_position) {
        step = [&*step, ":nth-of-type(", itoa::Buffer::new().format(position), ")"].concat();
    }
    (step, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_redacted_is_no_stable_name() {
        for name in ["order-12345678", "a1b2c3d4e5f6a7b8", "ann@example.org", "abcdefab-abcd-abcd-abcd-abcdefabcdef"] {
            assert_ne!(redact::text(name), name);
            assert!(!is_stable(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_stable_name_has_nothing_to_redact(name in "[a-fA-FxyzJ_-]{1,32}") {
            prop_assume!(is_stable(&name));
            prop_assert_eq!(redact::text(&name), name);
        }
    }
}
