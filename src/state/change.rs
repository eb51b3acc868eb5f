//! Which entries there can be, and the event that a change of an entry records.

use crate::call_error::CallError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use waymark_wire::state::{Recorded, check};

/// The event that a change records.
#[derive(Debug)]
pub struct Change {
    /// Its verb.
    pub verb: &'static str,
    /// Its data.
    pub data: Box<RawValue>,
    /// `<type>:<number>` of guidance content, else empty.
    pub content: String,
}

/// Whether there can be an entry of that kind and name: as they are given, no part of either is taken for anything else.
///
/// # Errors
/// Which of both it is.
pub fn check_entry(kind: &str, name: &str) -> Result<(), CallError> {
    // Every kind takes the number 1 as a name, and 0 as a value.
    if check(kind, "1", "0").is_err() {
        Err(CallError::StateKind)
    } else if check(kind, name, "0").is_ok() {
        Ok(())
    } else {
        Err(if kind == "data" { CallError::StateName } else { CallError::StateNumber })
    }
}

/// The data of the event that a change is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeData<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o_actual_sub_object: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a RawValue>,
}

/// The event that a change is.
///
/// # Errors
/// What is wrong with kind, name or value.
pub(super) fn change(kind: &str, name: &str, value: &str) -> Result<Change, CallError> {
    check_entry(kind, name)?;
    let Ok(Recorded { code, verb, number }) = check(kind, name, value) else {
        return Err(match value.parse::<i64>() {
            _ if kind == "data" => CallError::StateSize,
            Ok(_) => CallError::StateRange,
            Err(_) => CallError::StateValue,
        });
    };
    let raw: &RawValue = serde_json::from_str(value).map_err(|_| CallError::NotJson)?;
    let mut data = ChangeData { kind: code, name: None, o_id: None, o_actual_sub_object: None, value: Some(raw) };
    let mut content = String::new();
    match number {
        None => data.name = Some(name),
        Some(number) => {
            data.o_id = name.parse().ok();
            if kind == "walkthru" {
                (data.o_actual_sub_object, data.value) = (Some(number), None);
            }
            content = [code, ":", name].concat();
        }
    }
    let data = to_raw_value(&data).map_err(|_| CallError::NotJson)?;
    Ok(Change { verb, data, content })
}
