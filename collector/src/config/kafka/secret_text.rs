//! A text that may be a secret. What shows it shows dots.

use serde::{Deserialize, Deserializer};
use std::fmt;

/// A text that is never shown or logged, such as a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The text, for who must pass it on.
    #[cfg(any(feature = "clickhouse", feature = "kafka"))]
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        SecretText(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl<'de> Deserialize<'de> for SecretText {
    /// Takes numbers and booleans too: librdkafka reads all values as texts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Scalar {
            Boolean(bool),
            Number(i64),
            Text(String),
        }
        Ok(SecretText(match Scalar::deserialize(deserializer)? {
            Scalar::Boolean(value) => value.to_string(),
            Scalar::Number(value) => value.to_string(),
            Scalar::Text(value) => value,
        }))
    }
}
