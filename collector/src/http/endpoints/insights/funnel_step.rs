//! A step of a funnel as text: `TYPE`, then conditions as `key=value` with spaces between, such as
//! `play content=124909` or `pageView path=/order/*`.

use crate::insights::FunnelStep;
use crate::store::{Column, TextFilter};

/// What a step may be.
pub(super) const EXPECTED: &str =
    "a type and conditions of content, step and path, such as `play content=124909` or `pageView path=/order/*`";

pub(super) fn read(text: &str) -> Option<FunnelStep> {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let kind = words.next().filter(|kind| is_type(kind))?.to_owned();
    let mut read = FunnelStep { text: text.to_owned(), kind, filters: Vec::new(), step: None };
    for word in words {
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

/// Whether an event can have this type.
fn is_type(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
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
        for wrong in ["", " ", "a b", "play content", "play title=x", "<b>", "play step=1 step=2", &"a".repeat(65)] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
