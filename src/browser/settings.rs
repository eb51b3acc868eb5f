//! Reads the page's settings, a plain JavaScript object, into what serde derives. A deserializer that knows objects,
//! texts, whole numbers and booleans, and says which key is wrong; serde-wasm-bindgen's costs 17 kB more (docs/size.md).

use js_sys::{Object, Reflect};
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use std::fmt::Display;
use wasm_bindgen::{JsCast, JsValue};

/// Reads `settings` as a `T`.
///
/// # Errors
/// Which key is wrong and why.
pub fn read<T: DeserializeOwned>(settings: JsValue) -> Result<T, String> {
    T::deserialize(Value(settings)).map_err(|wrong| wrong.0)
}

struct Value(JsValue);

/// What is wrong, in words.
#[derive(Debug)]
struct Wrong(String);

impl Wrong {
    fn with(key: &str, what: &str) -> Self {
        let mut text = key.to_owned();
        text.push_str(what);
        Wrong(text)
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: Display>(_: T) -> Self {
        Wrong(" is not what it must be".to_owned())
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Wrong(" has the wrong type".to_owned())
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Wrong(" is out of range".to_owned())
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Wrong::with(field, " is no setting")
    }

    fn missing_field(field: &'static str) -> Self {
        Wrong::with(field, " is missing")
    }

    fn duplicate_field(field: &'static str) -> Self {
        Wrong::with(field, " is there twice")
    }
}

impl Value {
    fn text(&self) -> Result<String, Wrong> {
        self.0.as_string().ok_or_else(|| Wrong(" must be a text".to_owned()))
    }

    fn integer(&self) -> Result<i64, Wrong> {
        let number = self.0.as_f64().unwrap_or(f64::NAN);
        let whole = number as i64;
        if whole as f64 == number { Ok(whole) } else { Err(Wrong(" must be a whole number".to_owned())) }
    }
}

impl<'de> de::Deserializer<'de> for Value {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_string() {
            visitor.visit_string(self.text()?)
        } else if let Some(yes) = self.0.as_bool() {
            visitor.visit_bool(yes)
        } else if self.0.is_object() {
            let object: &Object = self.0.unchecked_ref();
            let keys = Object::keys(object);
            visitor.visit_map(Members { object, keys, at: 0 })
        } else {
            visitor.visit_i64(self.integer()?)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_undefined() || self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if self.0.is_object() { self.deserialize_any(visitor) } else { Err(Wrong(" must be an object".to_owned())) }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

struct Members<'a> {
    object: &'a Object,
    keys: js_sys::Array,
    at: u32,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        if self.at == self.keys.length() {
            return Ok(None);
        }
        let key = self.keys.get(self.at).as_string().unwrap_or_default();
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let key = self.keys.get(self.at);
        self.at += 1;
        let value = Reflect::get(self.object, &key).unwrap_or_default();
        seed.deserialize(Value(value)).map_err(|wrong| {
            let mut text = key.as_string().unwrap_or_default();
            if !wrong.0.starts_with(' ') {
                text.push('.');
            }
            text.push_str(&wrong.0);
            Wrong(text)
        })
    }
}
