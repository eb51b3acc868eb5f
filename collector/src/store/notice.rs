//! Notices of erasures, for sinks that keep events. A notice has a hash of the user's ID and not the ID: who holds the
//! events can find them by it, and a list of notices names nobody.

use super::ErasureSource;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// Erase what you have of this user and arrived up to this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureNotice {
    /// Grows with each notice of a sink.
    pub number: i64,
    /// Only this site.
    pub site: Option<String>,
    /// Whose events.
    pub user: UserHash,
    /// Which of them.
    pub scope: ErasureScope,
    /// When it was asked for, epoch ms.
    pub time: i64,
    /// Who asked.
    pub source: ErasureSource,
}

/// Which events of an ID are erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ErasureScope {
    /// Those that have it as an anonymous ID. A browser may ask for no more.
    Anonymous,
    /// Those that have it as an anonymous ID, as the site's own ID, or as the anonymous ID of an `identify` event.
    All,
}

/// SHA-256 of a user's ID as in the events. It is shown and serialized in hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserHash(pub(super) [u8; 32]);

impl UserHash {
    /// The hash of an ID.
    ///
    /// ```
    /// let hash = waymark_collector::store::UserHash::of("adam.brown@example.com").to_string();
    /// assert_eq!(hash, "1e9b664884acb6ca42dc0690dc6be5dc29328883452af2539cffd937dea80139");
    /// ```
    pub fn of(id: &str) -> Self {
        UserHash(Sha256::digest(id).into())
    }

    /// The hash that is shown as `hex`.
    #[cfg(feature = "clickhouse")]
    pub(crate) fn from_hex(hex: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
        let bytes: Vec<u8> = hex.as_bytes().chunks(2).map(byte).collect::<Option<_>>()?;
        bytes.try_into().ok().map(UserHash)
    }
}

impl fmt::Display for UserHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for UserHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserHash({self})")
    }
}

impl Serialize for UserHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ErasureScope {
    /// Its name in the store and in notices.
    pub fn name(self) -> &'static str {
        match self {
            ErasureScope::Anonymous => "anonymous",
            ErasureScope::All => "all",
        }
    }

    /// The scope of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [ErasureScope::Anonymous, ErasureScope::All].into_iter().find(|scope| scope.name() == name)
    }
}
