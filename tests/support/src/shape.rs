//! Compares two JSON values key for key by their types.

use serde_json::Value;

/// Panics where `found` lacks a key of `example`, has one more, other than `added` at its top, or a value of another
/// type.
#[track_caller]
pub fn same_shape(example: &Value, found: &Value, added: &[&str]) {
    let mut differences = Vec::new();
    compare("", example, found, added, &mut differences);
    assert!(differences.is_empty(), "{}\n{found:#}", differences.join("\n"));
}

fn compare(path: &str, example: &Value, found: &Value, added: &[&str], differences: &mut Vec<String>) {
    match (example, found) {
        (Value::Object(expected), Value::Object(object)) => {
            for (key, value) in expected {
                match object.get(key) {
                    Some(found) => compare(&format!("{path}.{key}"), value, found, &[], differences),
                    None => differences.push(format!("{path}.{key} is missing")),
                }
            }
            for key in object.keys().filter(|key| !expected.contains_key(*key) && !added.contains(&key.as_str())) {
                differences.push(format!("{path}.{key} is not in the example"));
            }
        }
        _ if type_of(example) != type_of(found) => {
            differences.push(format!("{path} is a {}, not a {}", type_of(found), type_of(example)));
        }
        _ => {}
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "fraction",
        Value::Number(_) => "whole number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
