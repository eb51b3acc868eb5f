//! What a browser says to have what is stored about it erased: `POST /v1/forget`. It names the anonymous ID, which is
//! random and which nobody but its browser knows; an ID that a site gave can be guessed and erases nothing.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Erase the events of this site about the user with this anonymous ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

fn guid<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let text = String::deserialize(reader)?;
    // A GUID may also be written without hyphens, and events never have it so.
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
        assert!(serde_json::from_str::<Forget>(&body("shop", &GUID.to_uppercase())).is_ok());
    }
}
