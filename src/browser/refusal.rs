//! What the page gets as `error`.

use super::bindings::text_of;
use crate::CallError;
use crate::call_error::FlushError;
use wasm_bindgen::JsValue;

/// Why a call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The text.
    pub error: String,
    /// Whether it follows from what the user or the site's owner decided.
    pub is_expected: bool,
}

impl Refusal {
    /// A text that ends in a colon goes on with its cause.
    pub fn caused(error: CallError, cause: &JsValue) -> Self {
        let cause = text_of(cause).unwrap_or_default();
        Refusal { error: [error.message(), " ", &cause].concat(), is_expected: false }
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            // Its cause was thrown where nothing could catch it.
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
