//! Whether an event's data has what filters of its members ask for.

use crate::store::PropertyFilter;
use serde_json::Value;

/// Whether all filters let an event with this data through.
pub(super) fn lets(filters: &[PropertyFilter], data: &str) -> bool {
    let data = serde_json::from_str(data).unwrap_or(Value::Null);
    filters.iter().all(|PropertyFilter { name, is, values }| values.contains(&member(&data, name)) == *is)
}

/// A text, number or boolean as text.
fn member(data: &Value, name: &str) -> Option<String> {
    match name.split('.').try_fold(data, |object, name| object.get(name))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_member_is_another_thing_than_an_empty_one() {
        let data = r#"{"plan":"pro","cart":{"total":12.5,"gift":true,"note":""},"list":[1]}"#;
        for (name, value, is_like) in [
            ("plan", Some("pro"), true),
            ("plan", Some("free"), false),
            ("cart.total", Some("12.5"), true),
            ("cart.gift", Some("true"), true),
            ("cart.note", Some(""), true),
            ("cart.note", None, false),
            ("cart.none", None, true),
            ("list", None, true),
            ("plan.name", None, true),
        ] {
            for is in [true, false] {
                let filter = PropertyFilter { name: name.to_owned(), is, values: vec![value.map(str::to_owned)] };
                assert_eq!(lets(&[filter], data), is_like == is, "{name} {value:?} {is}");
            }
        }
        let gone = PropertyFilter { name: "plan".to_owned(), is: true, values: vec![None] };
        assert!(lets(&[gone], "no JSON"));
    }
}
