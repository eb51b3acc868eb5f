//! A step of a funnel, or a goal, as text: `TYPE`, then conditions as `key=value` with spaces between, such as
//! `play content=124909`, `pageView path=/order/*` or `goal data.name=order`.

use crate::insights::FunnelStep;
use crate::store::{Column, PropertyFilter, TextFilter};
use waymark_wire::limits::is_type;

/// What a step may be.
pub(super) const EXPECTED: &str = "a type and conditions of content, step, path and data.NAME, such as \
                                   `play content=124909` or `pageView path=/order/*`";

/// How the conditions begin.
const KEYS: [&str; 4] = ["content=", "path=", "step=", "data."];

/// Longest name of a member of data.
const NAME_BYTES: usize = 200;

/// The name of a member of data in `data.NAME`.
pub(super) fn property(text: &str) -> Option<&str> {
    let name = text.strip_prefix("data.")?;
    (!name.is_empty() && name.len() <= NAME_BYTES && !name.split('.').any(str::is_empty)).then_some(name)
}

pub(super) fn read(text: &str) -> Option<FunnelStep> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    // A type may have spaces: it ends where the conditions begin.
    let is_condition = |word: &&str| KEYS.iter().any(|key| word.starts_with(key)) && word.contains('=');
    let (kind, conditions) = words.split_at(words.iter().position(is_condition).unwrap_or(words.len()));
    let kind = Some(kind.join(" ")).filter(|kind| is_type(kind))?;
    let mut read = FunnelStep { text: text.to_owned(), kind, filters: Vec::new(), properties: Vec::new(), step: None };
    for word in conditions {
        let (key, value) = word.split_once('=')?;
        let values = vec![Some(value.to_owned())];
        match key {
            "content" => read.filters.push(TextFilter { column: Column::Content, is: true, values }),
            "path" => read.filters.push(TextFilter { column: Column::Path, is: true, values }),
            "step" if read.step.is_none() => read.step = Some(value.to_owned()),
            other => {
                let name = property(other)?.to_owned();
                read.properties.push(PropertyFilter { name, is: true, values });
            }
        }
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
        let order = read("goal data.cart.kind=new").unwrap().properties;
        assert_eq!((order[0].name.as_str(), order[0].values[0].as_deref()), ("cart.kind", Some("new")));
        for wrong in ["goal data.=1", "goal data.a..b=1"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
        for wrong in ["", " ", "step=1", "play step=1 again", "a\u{7}", "play step=1 step=2", &"a".repeat(129)] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
