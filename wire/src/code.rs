//! Codes of refusals by the collector. The codes are stable: programs act on the code, people read the sentence that
//! goes with it. docs/wire.md documents each code.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($(#[$about:meta])* $name:ident { $($(#[doc = $meaning:literal])+ $code:ident $text:literal;)+ }) => {
        $(#[$about])*
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[doc = $meaning])+ #[serde(rename = $text)] $code,)+
            /// No code, or a code that this version does not know. Never sent.
            #[default]
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl $name {
            /// Every code that can be sent.
            pub const ALL: &[$name] = &[$($name::$code,)+];

            /// The code as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$code => $text,)+
                    $name::Unknown => "unknown",
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// The reason why a whole request is refused: `code` of [`crate::Refusal`].
    RefusalCode {
        /// The body is not a batch of a version that the collector reads.
        InvalidBatch "invalid-batch";
        /// The body begins like gzip but is not valid gzip.
        InvalidGzip "invalid-gzip";
        /// The connection failed before the body's end.
        IncompleteBody "incomplete-body";
        /// The body is not a request to forget.
        InvalidForgetRequest "invalid-forget-request";
        /// The body is not a request about a user's state.
        InvalidStateRequest "invalid-state-request";
        /// The body is not a request for a shared link.
        InvalidShareRequest "invalid-share-request";
        /// The body is not a request for an overlay.
        InvalidOverlayRequest "invalid-overlay-request";
        /// A parameter of the query string is unknown, missing or wrong.
        InvalidParameter "invalid-parameter";
        /// A part of the URL's path is not UTF-8.
        InvalidPath "invalid-path";
        /// The URL and the body name different sites.
        SiteMismatch "site-mismatch";
        /// The `site` parameter names a site that is not configured and has no stored data.
        UnknownSiteParameter "unknown-site-parameter";
        /// No site has the key.
        UnknownSite "unknown-site";
        /// The admin token is missing or wrong.
        Unauthorized "unauthorized";
        /// The shared link has ended, was revoked, or never was.
        InvalidShare "invalid-share";
        /// The token opens no overlay on this page: it has expired, is for another site or origin, or never was.
        InvalidOverlay "invalid-overlay";
        /// The site's server did not sign the user.
        Unsigned "unsigned";
        /// The read token of a site, for something else than the insights of that site.
        ReadOnly "read-only";
        /// The site does not allow the page's origin.
        OriginNotAllowed "origin-not-allowed";
        /// No admin token is configured.
        AdminDisabled "admin-disabled";
        /// The demo's stored data is requested under a host name that is not this machine's.
        NotLocal "not-local";
        /// There are no settings for this page: the site does not exist, or does not allow the page's origin.
        NoSettings "no-settings";
        /// The path does not exist.
        NotFound "not-found";
        /// The path does not support the method.
        MethodNotAllowed "method-not-allowed";
        /// The body took too long to arrive.
        BodyTimeout "body-timeout";
        /// The body arrived below the minimum rate.
        BodyTooSlow "body-too-slow";
        /// The batch is too large; parts of it may be accepted.
        BatchTooLarge "batch-too-large";
        /// The batch has too many events; parts of it may be accepted.
        TooManyEvents "too-many-events";
        /// The body is too large, and cannot be split.
        BodyTooLarge "body-too-large";
        /// The site's data belongs to another data centre.
        WrongRegion "wrong-region";
        /// The site or the network address exceeds its rate limit.
        RateLimited "rate-limited";
        /// The collector has too many open connections.
        TooManyConnections "too-many-connections";
        /// The queue to the store is full.
        Busy "busy";
        /// The store failed.
        StoreFailed "store-failed";
        /// The store's disk is nearly full.
        DiskFull "disk-full";
        /// The collector is shutting down.
        ShuttingDown "shutting-down";
    }
}

codes! {
    /// The reason why an event of a batch can never be stored: `code` of [`crate::Rejected`].
    RejectReason {
        /// The event is not an object with `time`, `type` and `data`.
        InvalidEvent "invalid-event";
        /// `type` is not allowed.
        InvalidType "invalid-type";
        /// `time` is out of range.
        InvalidTime "invalid-time";
        /// `data` is not an object, is too large, nests too deeply, or has a number outside the range of a double.
        InvalidData "invalid-data";
        /// The event's context is missing, incomplete or wrong.
        InvalidContext "invalid-context";
        /// The site does not collect the event.
        NotCollected "not-collected";
        /// The event with its context is larger than the collector stores.
        TooLarge "too-large";
        /// The site stores no events of bots.
        Bot "bot";
    }
}

codes! {
    /// The reason why an entry of a user's state can never be stored: `code` of [`crate::state::Refused`].
    EntryRejectReason {
        /// Kind, name, value or times are wrong, or the entry has expired.
        InvalidEntry "invalid-entry";
        /// The user already has the maximum number of entries.
        TooManyEntries "too-many-entries";
    }
}

impl RejectReason {
    /// Combines the reason with a sentence about the event.
    pub fn because(self, why: impl Into<String>) -> EventError {
        EventError { reason: self, why: why.into() }
    }
}

/// The reason why an event can never be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// The reason for programs.
    pub reason: RejectReason,
    /// The reason for people, as a sentence.
    pub why: String,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for EventError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_in_kebab_case() {
        let requests = RefusalCode::ALL.iter().map(|code| code.as_str());
        let events = RejectReason::ALL.iter().map(|code| code.as_str());
        let entries = EntryRejectReason::ALL.iter().map(|code| code.as_str());
        let all: Vec<_> = requests.chain(events).chain(entries).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        for code in all {
            let words = || code.split('-');
            assert!(words().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase())), "{code}");
            assert_ne!(code, RefusalCode::Unknown.as_str());
        }
    }

    #[test]
    fn a_code_survives_a_round_trip() {
        for code in RefusalCode::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<RefusalCode>(&json).unwrap(), *code);
        }
        for reason in RejectReason::ALL {
            assert_eq!(serde_json::from_str::<RejectReason>(&format!("\"{reason}\"")).unwrap(), *reason);
        }
    }

    #[test]
    fn a_code_of_a_newer_version_is_read_as_unknown() {
        assert_eq!(serde_json::from_str::<RefusalCode>("\"teapot\"").unwrap(), RefusalCode::Unknown);
        assert_eq!(serde_json::from_str::<RejectReason>("\"teapot\"").unwrap(), RejectReason::Unknown);
    }
}
