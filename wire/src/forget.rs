//! The request to erase the stored data of a browser: `POST /v1/forget`. The request names the anonymous ID, which is
//! random and known only to its browser. An ID that a site gave could be guessed, so it erases nothing.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// A request to erase the site's events about the user with this anonymous ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forget {
    /// The site's key.
    pub site: String,
    /// The anonymous ID, a hyphenated GUID.
    #[serde(deserialize_with = "guid")]
    pub eu_id: String,
}

/// The body of a 200 response: the events are erased durably.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The number of erased events; 0 if they were erased before.
    pub erased: usize,
}

fn guid<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let text = String::deserialize(reader)?;
    // `Uuid` also accepts a GUID without hyphens, a form that events never have.
    if text.len() == 36 && Uuid::try_parse(&text).is_ok() {
        Ok(text)
    } else {
        Err(serde::de::Error::custom("euId must be a GUID, such as 7302c5a9-9dbf-ef49-e898-8fce4d0add48"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

    fn body(site: &str, eu_id: &str) -> String {
        serde_json::to_string(&Forget { site: site.to_owned(), eu_id: eu_id.to_owned() }).unwrap()
    }

    #[test]
    fn a_request_survives_a_round_trip() {
        let read: Forget = serde_json::from_str(&body("the \"shop\"", GUID)).unwrap();
        assert_eq!(read, Forget { site: "the \"shop\"".to_owned(), eu_id: GUID.to_owned() });
    }

    #[test]
    fn an_id_that_is_not_a_guid_is_refused() {
        for id in ["", "42", "adam.br", "7302c5a99dbfef49e8988fce4d0add48", "7302c5a9-9dbf-ef49-e898-8fce4d0add4é"] {
            let error = serde_json::from_str::<Forget>(&body("shop", id)).unwrap_err().to_string();
            assert!(error.starts_with("euId must be a GUID"), "{id}: {error}");
        }
        assert!(serde_json::from_str::<Forget>(&body("shop", &GUID.to_uppercase())).is_ok());
    }
}
