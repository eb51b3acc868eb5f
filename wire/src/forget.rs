//! What a browser says to have what is stored about it erased: `POST /v1/forget`. It names the anonymous ID, which is
//! random and which nobody but its browser knows; an ID that a site gave can be guessed and erases nothing.

use crate::json::Object;
use serde::{Deserialize, Deserializer, Serialize};

/// Erase the events of this site about the user with this anonymous ID.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forget {
    /// The site's key.
    pub site: String,
    /// The anonymous ID, a hyphenated GUID.
    #[serde(deserialize_with = "guid")]
    pub eu_id: String,
}

/// The body of a 200: it is done, durably.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// How many events there were; none where it was done before.
    pub erased: usize,
}

/// The body to send: the collector reads it as [`Forget`].
///
/// ```
/// let body = waymark_wire::forget::body("shop", "7302c5a9-9dbf-ef49-e898-8fce4d0add48");
/// assert_eq!(body, r#"{"site":"shop","euId":"7302c5a9-9dbf-ef49-e898-8fce4d0add48"}"#);
/// ```
pub fn body(site: &str, eu_id: &str) -> String {
    let mut out = String::new();
    Object::open(&mut out).text("site", site).text("euId", eu_id).close();
    out
}

fn guid<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let text = String::deserialize(reader)?;
    if is_guid(&text) {
        Ok(text)
    } else {
        Err(serde::de::Error::custom("euId must be a GUID, such as 7302c5a9-9dbf-ef49-e898-8fce4d0add48"))
    }
}

fn is_guid(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

    #[test]
    fn what_is_written_is_read() {
        let read: Forget = serde_json::from_str(&body("the \"shop\"", GUID)).unwrap();
        assert_eq!(read, Forget { site: "the \"shop\"".to_owned(), eu_id: GUID.to_owned() });
    }

    #[test]
    fn an_id_that_could_be_guessed_is_refused() {
        for id in ["", "42", "adam.br", "7302c5a99dbfef49e8988fce4d0add48", "7302c5a9-9dbf-ef49-e898-8fce4d0add4é"] {
            let error = serde_json::from_str::<Forget>(&body("shop", id)).unwrap_err().to_string();
            assert!(error.starts_with("euId must be a GUID"), "{id}: {error}");
        }
        assert!(is_guid(&GUID.to_uppercase()));
    }
}
