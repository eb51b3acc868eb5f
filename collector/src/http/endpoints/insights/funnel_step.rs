//! A step of a funnel as text: `TYPE`, then conditions as `key=value` with spaces between, such as
//! `play content=124909` or `pageView path=/order/*`.

use crate::insights::FunnelStep;
use crate::store::{Column, TextFilter};
use waymark_wire::limits::is_type;

/// What a step may be.
pub(super) const EXPECTED: &str =
    "a type and conditions of content, step and path, such as `play content=124909` or `pageView path=/order/*`";

/// The conditions.
const KEYS: [&str; 3] = ["content=", "path=", "step="];

pub(super) fn read(text: &str) -> Option<FunnelStep> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    // A type may have spaces: it ends where the conditions begin.
    let is_condition = |word: &&str| KEYS.iter().any(|key| word.starts_with(key));
    let (kind, conditions) = words.split_at(words.iter().position(is_condition).unwrap_or(words.len()));
    let kind = Some(kind.join(" ")).filter(|kind| is_type(kind))?;
    let mut read = FunnelStep { text: text.to_owned(), kind, filters: Vec::new(), step: None };
    for word in conditions {
        let (key, value) = word.split_once('=')?;
        let column = match key {
            "content" => Column::Content,
            "path" => Column::Path,
            "step" if read.step.is_none() => {
                read.step = Some(value.to_owned());
                continue;
            }
            _ => return None,
        };
        read.filters.push(TextFilter { column, is: true, values: vec![Some(value.to_owned())] });
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_type_with_conditions() {
        let step = read("play  content=7 step=3 path=/a=b*").unwrap();
        assert_eq!((step.kind.as_str(), step.step.as_deref()), ("play", Some("3")));
        let values: Vec<_> = step.filters.iter().map(|filter| (filter.column, filter.values[0].as_deref())).collect();
        assert_eq!(values, [(Column::Content, Some("7")), (Column::Path, Some("/a=b*"))]);
        assert_eq!(read("Order placed path=/x").unwrap().kind, "Order placed");
        for wrong in ["", " ", "step=1", "play step=1 again", "a\u{7}", "play step=1 step=2", &"a".repeat(129)] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
