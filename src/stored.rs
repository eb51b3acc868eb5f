//! Values stored in the browser, as JSON with a version member. An unreadable value is treated as missing.

use crate::host::{Host, SaveResult};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use waymark_wire::level::StorageArea;

/// The version of a stored format: 1. A value of another version is not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_u32(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        match u32::deserialize(reader)? {
            1 => Ok(V1),
            _ => Err(D::Error::custom("a version that this recorder does not read")),
        }
    }
}

/// Reads the value stored under `name` for `days` days; `None` if it is missing or unreadable.
pub fn load<T: DeserializeOwned>(name: &str, area: StorageArea, days: u32, host: &mut impl Host) -> Option<T> {
    serde_json::from_str(&host.load(name, area, days)?).ok()
}

/// Stores a value under `name` for `days` days.
pub fn save(name: &str, value: &impl Serialize, area: StorageArea, days: u32, host: &mut impl Host) -> SaveResult {
    // Serialising numbers and strings cannot fail.
    host.save(name, &serde_json::to_string(value).unwrap_or_default(), area, days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_version_is_read() {
        assert_eq!(serde_json::from_str::<V1>("1").ok(), Some(V1));
        for other in ["0", "2", "\"1\"", "null", "1.5"] {
            assert!(serde_json::from_str::<V1>(other).is_err(), "{other}");
        }
        assert_eq!(serde_json::to_string(&V1).unwrap(), "1");
    }
}
