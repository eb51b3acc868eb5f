//! Validation of state entries, and the event that records a change of an entry.

use crate::call_error::CallError;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use waymark_wire::state::{Recorded, check};

/// The event that records a change.
#[derive(Debug)]
pub struct Change {
    /// The event's type.
    pub verb: &'static str,
    /// The event's data.
    pub data: Box<RawValue>,
}

/// Checks that an entry of this kind and name can exist. Both are taken literally.
///
/// # Errors
/// [`CallError::StateKindInvalid`] if the kind is wrong; [`CallError::StateNameInvalid`] or [`CallError::StateNameNotNumber`] if the name
/// is.
pub fn check_entry(kind: &str, name: &str) -> Result<(), CallError> {
    // Every kind accepts the name 1 and the value 0.
    if check(kind, "1", "0").is_err() {
        Err(CallError::StateKindInvalid)
    } else if check(kind, name, "0").is_ok() {
        Ok(())
    } else {
        Err(if kind == "data" { CallError::StateNameInvalid } else { CallError::StateNameNotNumber })
    }
}

/// The data of the event that records a change.
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

/// Checks a new value and returns the event that records the change.
///
/// # Errors
/// The kind, the name or the value is invalid.
pub(super) fn change(kind: &str, name: &str, value: &str) -> Result<Change, CallError> {
    check_entry(kind, name)?;
    let Ok(Recorded { code, verb, number }) = check(kind, name, value) else {
        return Err(match value.parse::<i64>() {
            _ if kind == "data" => CallError::StateValueTooLarge,
            Ok(_) => CallError::StateValueOutOfRange,
            Err(_) => CallError::StateValueInvalid,
        });
    };
    let raw: &RawValue = serde_json::from_str(value).map_err(|_| CallError::NotJson)?;
    let mut data = ChangeData { kind: code, name: None, o_id: None, o_actual_sub_object: None, value: Some(raw) };
    match number {
        None => data.name = Some(name),
        Some(number) => {
            data.o_id = name.parse().ok();
            if kind == "walkthru" {
                (data.o_actual_sub_object, data.value) = (Some(number), None);
            }
        }
    }
    let data = to_raw_value(&data).map_err(|_| CallError::NotJson)?;
    Ok(Change { verb, data })
}
