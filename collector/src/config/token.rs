//! Admin access, and the tokens for it and for a site's insights. They are never shown or logged, and are compared in
//! constant time.

use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// Access to export, live stream and inspector.
#[derive(Clone, Debug, Default)]
pub enum Admin {
    /// No access.
    #[default]
    Closed,
    /// Access with the token.
    Token(Token),
    /// Access from this machine: the demo. A configuration file cannot set this.
    Open,
}

/// The admin token, or the token that reads a site's insights. What shows it shows dots.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Whether `guess` is the token. The time does not depend on the token or its length.
    pub fn is(&self, guess: &str) -> bool {
        Sha256::digest(&self.0).ct_eq(&Sha256::digest(guess)).into()
    }

    /// Whether a request can say it. `closed` is what stays closed without it.
    pub(super) fn check(&self, closed: &str) -> Result<(), String> {
        let can_be_sent = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        match self.0.as_str() {
            "" => Err(format!("must not be empty; leave it out to keep {closed} closed")),
            text if text.trim() == text && text.bytes().all(can_be_sent) => Ok(()),
            _ => Err("must be printable ASCII without a blank or line break at its ends: no header can carry another"
                .to_owned()),
        }
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Token) -> bool {
        self.is(&other.0)
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Token(text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl<'de> Deserialize<'de> for Admin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|token| Admin::Token(Token(token)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_knows_itself_and_shows_nothing() {
        let token = Token::from("secret".to_owned());
        assert!(token.is("secret"));
        assert!(!token.is("Secret") && !token.is("") && !token.is("secret2"));
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
