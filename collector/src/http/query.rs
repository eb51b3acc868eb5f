//! Query strings as types. What is wrong is named with its parameter and what is allowed.

use crate::error::{ParameterError, Rejection};
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// The parameters of a request. `T` derives `Deserialize`, and denies unknown fields where they are an error.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> Query<T> {
    /// Reads the query string of `uri`.
    ///
    /// # Errors
    /// A parameter is unknown, missing, given twice, or has a wrong value.
    pub(crate) fn read(uri: &Uri) -> Result<Self, ParameterError> {
        Query::parse(uri.query().unwrap_or_default())
    }

    /// Reads a query string.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn parse(query: &str) -> Result<Self, ParameterError> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        T::deserialize(MapAccessDeserializer::new(Pairs { pairs, current: Default::default() })).map(Query)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        Ok(Query::read(&parts.uri)?)
    }
}

/// The names and values of a query string.
struct Pairs<'q> {
    pairs: form_urlencoded::Parse<'q>,
    /// The pair whose value comes next.
    current: (Cow<'q, str>, Cow<'q, str>),
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = ParameterError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ParameterError> {
        let Some(pair) = self.pairs.next() else { return Ok(None) };
        self.current = pair;
        seed.deserialize((*self.current.0).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ParameterError> {
        let (name, value) = &self.current;
        seed.deserialize(Text(value)).map_err(|error| match error {
            ParameterError::Expected(expected) => {
                ParameterError::Invalid { name: name.to_string(), expected, value: value.to_string() }
            }
            other => other,
        })
    }
}

/// A value.
struct Text<'v>(&'v str);

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = ParameterError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParameterError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParameterError> {
        visitor.visit_some(self)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParameterError> {
        visitor.visit_u64(whole_number(self.0)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParameterError> {
        visitor.visit_i64(whole_number(self.0)?)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A whole number from 0 that `N` can hold.
fn whole_number<N: TryFrom<u64>>(text: &str) -> Result<N, ParameterError> {
    let number = text.parse::<u64>().ok().and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| ParameterError::Expected("a whole number from 0".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::day::Day;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Parameters {
        site: Option<String>,
        count: Option<usize>,
        time: Option<i64>,
        day: Option<Day>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct User {
        #[expect(dead_code, reason = "only read")]
        user: String,
    }

    fn read<T: DeserializeOwned>(query: &str) -> Result<T, ParameterError> {
        Query::read(&format!("/v1/events{query}").parse().unwrap()).map(|Query(parameters)| parameters)
    }

    #[test]
    fn parameters_are_read_by_name_and_decoded() {
        for none in ["", "?"] {
            assert_eq!(read(none), Ok(Parameters::default()));
        }
        let all = Parameters {
            site: Some("a b&c".to_owned()),
            count: Some(3),
            time: Some(1_795_600_000_000),
            day: Some("2026-11-25".parse().unwrap()),
        };
        assert_eq!(read("?day=2026-11-25&time=1795600000000&count=3&site=a+b%26c"), Ok(all));
        assert_eq!(read("?site="), Ok(Parameters { site: Some(String::new()), ..Parameters::default() }));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_allowed() {
        for (query, error) in [
            ("?order=up", "`order` is no parameter; there are site, count, time and day"),
            ("?site=a&site=b", "`site` is there twice"),
            ("?count=-1", "`count` must be a whole number from 0, and is `-1`"),
            ("?time=9223372036854775808", "`time` must be a whole number from 0, and is `9223372036854775808`"),
            ("?day=today", "`day` must be a day such as 2026-11-25, and is `today`"),
        ] {
            assert_eq!(read::<Parameters>(query).unwrap_err().to_string(), error);
        }
        assert_eq!(read::<User>("").unwrap_err().to_string(), "`user` is missing");
        assert_eq!(read::<User>("?x=1").unwrap_err().to_string(), "`x` is no parameter; there is user");
    }
}
