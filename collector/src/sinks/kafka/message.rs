//! What is in a message. `docs/kafka.md` describes it for those who read the topics.

use crate::store::ErasureNotice;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A message to publish.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) topic: &'a str,
    /// Messages with the same key are in one partition, in order.
    pub(super) key: Option<&'a str>,
    pub(super) payload: &'a str,
}

/// The tab of a stored event.
pub(super) fn tab(body: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Event<'a> {
        #[serde(borrow)]
        server: Server<'a>,
    }
    #[derive(Deserialize)]
    struct Server<'a> {
        #[serde(borrow)]
        tab: Cow<'a, str>,
    }
    serde_json::from_str(body).ok().map(|event: Event<'_>| event.server.tab)
}

/// The key of an erasure: of two with the same key the later one says all.
pub(super) fn erasure_key(notice: &ErasureNotice) -> String {
    let site = notice.site.as_deref().unwrap_or("*");
    format!("{site}/{}/{}", notice.scope.name(), notice.user)
}

/// The payload of an erasure.
pub(super) fn erasure(notice: &ErasureNotice) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload<'a> {
        site: Option<&'a str>,
        user_sha256: String,
        ids: &'a str,
        time: i64,
        source: &'a str,
    }
    let payload = Payload {
        site: notice.site.as_deref(),
        user_sha256: notice.user.to_string(),
        ids: notice.scope.name(),
        time: notice.time,
        source: notice.source.name(),
    };
    // A struct of texts and numbers can be written.
    serde_json::to_string(&payload).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ErasureScope, ErasureSource, UserHash};

    #[test]
    fn the_tab_is_that_of_the_server_part_only() {
        let body = r#"{"server":{"tab":"7ece87d5","seq":1},"data":{"server":{"tab":"no"}}}"#;
        assert_eq!(tab(body).as_deref(), Some("7ece87d5"));
        assert_eq!(tab(r#"{"data":{"server":{"tab":"no"}}}"#), None);
    }

    #[test]
    fn an_erasure_has_a_hash_and_no_id() {
        let notice = ErasureNotice {
            number: 1,
            site: Some("shop".to_owned()),
            user: UserHash::of("adam"),
            scope: ErasureScope::Anonymous,
            time: 5,
            source: ErasureSource::Browser,
        };
        const HASH: &str = "f7f376a1fcd0d0e11a10ed1b6577c99784d3a6bbe669b1d13fae43eb64634f6e";
        assert_eq!(erasure_key(&notice), format!("shop/anonymous/{HASH}"));
        assert_eq!(
            erasure(&notice),
            format!(r#"{{"site":"shop","userSha256":"{HASH}","ids":"anonymous","time":5,"source":"browser"}}"#)
        );
        let everywhere = ErasureNotice { site: None, scope: ErasureScope::All, ..notice };
        assert_eq!(erasure_key(&everywhere), format!("*/all/{HASH}"));
        assert!(erasure(&everywhere).starts_with(r#"{"site":null,"#));
    }
}
