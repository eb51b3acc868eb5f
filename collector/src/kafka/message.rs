//! What is in a message. `docs/kafka.md` describes it for those who read the topics.

use crate::store::{ErasureNotice, ErasureScope, ErasureSource, UserHash};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A message to publish.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) topic: &'a str,
    /// Messages with the same key are in one partition, in order.
    pub(crate) key: Option<&'a str>,
    pub(crate) payload: &'a str,
}

/// The tab of a stored event.
pub(crate) fn tab(body: &str) -> Option<Cow<'_, str>> {
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
pub(crate) fn erasure_key(notice: &ErasureNotice) -> String {
    let site = notice.site.as_deref().unwrap_or("*");
    format!("{site}/{}/{}", notice.scope.name(), notice.user)
}

/// The payload of an erasure.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Erasure<'a> {
    #[serde(borrow)]
    site: Option<Cow<'a, str>>,
    user_sha256: Cow<'a, str>,
    ids: Cow<'a, str>,
    time: i64,
    source: Cow<'a, str>,
}

/// Writes an erasure.
pub(crate) fn erasure_text(notice: &ErasureNotice) -> String {
    let erasure = Erasure {
        site: notice.site.as_deref().map(Cow::from),
        user_sha256: notice.user.to_string().into(),
        ids: notice.scope.name().into(),
        time: notice.time,
        source: notice.source.name().into(),
    };
    // A struct of texts and numbers can be written.
    serde_json::to_string(&erasure).unwrap_or_default()
}

/// Reads an erasure.
///
/// # Errors
/// It is none.
pub(crate) fn read_erasure(text: &str) -> serde_json::Result<ErasureNotice> {
    let Erasure { site, user_sha256, ids, time, source } = serde_json::from_str(text)?;
    let user = UserHash::from_hex(&user_sha256);
    let user = user.ok_or_else(|| serde_json::Error::custom("userSha256 must be 64 hex digits"))?;
    let scope = ErasureScope::named(&ids).ok_or_else(|| serde_json::Error::custom("ids must be anonymous or all"))?;
    let source = ErasureSource::named(&source).ok_or_else(|| serde_json::Error::custom("source is unknown"))?;
    Ok(ErasureNotice { number: 0, site: site.map(Cow::into_owned), user, scope, time, source })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            erasure_text(&notice),
            format!(r#"{{"site":"shop","userSha256":"{HASH}","ids":"anonymous","time":5,"source":"browser"}}"#)
        );
        let read = read_erasure(&erasure_text(&notice)).unwrap();
        assert_eq!(read, ErasureNotice { number: 0, ..notice.clone() });
        let everywhere = ErasureNotice { site: None, scope: ErasureScope::All, ..notice };
        assert_eq!(erasure_key(&everywhere), format!("*/all/{HASH}"));
        assert!(erasure_text(&everywhere).starts_with(r#"{"site":null,"#));
        for (text, why) in [
            ("{}", "missing field"),
            (&erasure_text(&everywhere).replace(HASH, "f7"), "userSha256 must be 64 hex digits"),
            (&erasure_text(&everywhere).replace("all", "some"), "ids must be"),
        ] {
            let error = read_erasure(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
