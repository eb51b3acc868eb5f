//! Shared links: what a link shows, and until when. The token of a link is not stored, only its hash.

use sha2::{Digest, Sha256};

/// SHA-256 of a token. A token is random, so that its hash needs no salt.
pub type TokenHash = [u8; 32];

/// A shared link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Name by which it is revoked. Not a secret.
    pub id: String,
    /// Hash of its token.
    pub hash: TokenHash,
    /// The key of the site.
    pub site: String,
    /// The view that it shows.
    pub view: String,
    /// The view's parameters, as a query string without the site.
    pub query: String,
    /// Name for people.
    pub name: String,
    /// When it was made, epoch ms.
    pub created: i64,
    /// When it ends, epoch ms.
    pub expires: i64,
    /// When it was last opened, to the hour; epoch ms.
    pub used: Option<i64>,
}

/// Most links of a site at a time.
pub const SHARES: usize = 100;

/// The hash of a token.
pub(crate) fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token).into()
}
