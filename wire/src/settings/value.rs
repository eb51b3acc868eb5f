//! An unchecked settings object from a page or a file.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A value of any type. The members of an object keep their order, because user ID providers are read in that order.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `undefined`, or a value of an unsupported type.
    Nothing,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A function of the page, by its index in the browser edge's table of functions.
    Function(u32),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The key that marks a function: the browser edge replaces each function by `{ "$function": index }` before the
    /// object is read.
    pub const FUNCTION: &str = "$function";

    /// A text of one line that is not empty.
    pub(super) fn line(&self) -> Option<&str> {
        match self {
            Value::Text(text) if !text.is_empty() && !text.chars().any(char::is_control) => Some(text),
            _ => None,
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn integer(&self, least: i64, most: i64) -> Option<i64> {
        match self {
            Value::Number(number) if *number >= least as f64 && *number <= most as f64 => {
                let whole = *number as i64;
                (whole as f64 == *number).then_some(whole)
            }
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_bool<E>(self, is: bool) -> Result<Value, E> {
        Ok(Value::Bool(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(Any)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some(member) = entries.next_entry()? {
            members.push(member);
        }
        Ok(match members.as_slice() {
            [(key, Value::Number(index))] if key == Value::FUNCTION => Value::Function(*index as u32),
            _ => Value::Object(members),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_keeps_the_order_of_its_members() {
        let read: Value = serde_json::from_str(r#"{"b":1,"a":[true,"x",null],"f":{"$function":2}}"#).unwrap();
        let list = vec![Value::Bool(true), Value::Text("x".to_owned()), Value::Nothing];
        let members = [("b", Value::Number(1.0)), ("a", Value::List(list)), ("f", Value::Function(2))];
        assert_eq!(read, Value::Object(members.map(|(key, value)| (key.to_owned(), value)).into()));
    }

    #[test]
    fn only_whole_numbers_within_the_bounds_are_integers() {
        for (number, expected) in
            [(0.0, Some(0)), (3.0, Some(3)), (3.5, None), (4.0, None), (-1.0, None), (f64::NAN, None), (1e300, None)]
        {
            assert_eq!(Value::Number(number).integer(0, 3), expected, "{number}");
        }
        assert_eq!(Value::Text("1".to_owned()).integer(0, 3), None);
    }

    #[test]
    fn a_line_is_a_text_without_control_characters() {
        for (text, good) in [("a b", true), ("", false), ("a\nb", false), ("a\u{7f}", false)] {
            assert_eq!(Value::Text(text.to_owned()).line().is_some(), good, "{text:?}");
        }
    }
}
