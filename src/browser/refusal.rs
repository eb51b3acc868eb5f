//! The `error` of an outcome.

use super::bindings::text_of;
use crate::CallError;
use crate::call_error::FlushError;
use wasm_bindgen::JsValue;

/// Why a call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The text.
    pub error: String,
    /// Whether the error follows from a decision of the user or the site's owner. The console stays silent then.
    pub is_expected: bool,
}

impl Refusal {
    /// An error whose message ends in a colon, followed by its cause.
    pub fn caused(error: CallError, cause: &JsValue) -> Self {
        let cause = text_of(cause).unwrap_or_default();
        Refusal { error: [error.message(), " ", &cause].concat(), is_expected: false }
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            // The exception could not be caught, so its text is unknown.
            CallError::Failed => Refusal::caused(error, &"an exception ended it".into()),
            error => Refusal { error: error.message().to_owned(), is_expected: error.is_expected() },
        }
    }
}

impl From<FlushError> for Refusal {
    fn from(error: FlushError) -> Self {
        Refusal { error: error.message(), is_expected: error.error.is_expected() }
    }
}
