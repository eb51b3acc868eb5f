//! Checks whether a value can be a user's ID.

use crate::call_error::CallError;
use waymark_wire::limits::ID_CHARS;

/// Values that sites pass when no user is logged in, in lower case.
const PLACEHOLDERS: &[&str] = &[
    "",
    "null",
    "undefined",
    "nan",
    "none",
    "nil",
    "true",
    "false",
    "0",
    "-1",
    "[object object]",
    "[object undefined]",
    "[object null]",
    "anonymous",
    "guest",
    "unknown",
    "unidentified",
    "userid",
    "user_id",
    "id",
    "email",
    "not_authenticated",
    "00000000-0000-0000-0000-000000000000",
];

/// The reason why `id` cannot be a user's ID; `None` if it can.
pub(super) fn refusal(id: &str) -> Option<CallError> {
    if PLACEHOLDERS.iter().any(|placeholder| id.trim_ascii().eq_ignore_ascii_case(placeholder)) {
        Some(CallError::IdPlaceholder)
    } else if id.chars().count() > ID_CHARS {
        Some(CallError::IdTooLong)
    } else {
        id.bytes().any(|byte| byte.is_ascii_control()).then_some(CallError::IdControlCharacter)
    }
}
