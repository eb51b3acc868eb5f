//! The writer: what serde's derives give becomes text.

use serde::ser::{self, Impossible, Serialize};

/// A value that this writer does not know: a float, bytes, a tuple, or an enum with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported;

/// Appends `value` to `out` as JSON.
///
/// # Errors
/// [`Unsupported`] for what the writer does not know; `out` then ends anywhere.
pub fn write<T: Serialize + ?Sized>(value: &T, out: &mut String) -> Result<(), Unsupported> {
    value.serialize(&mut Writer { out })
}

/// Appends `text` as a JSON string, quotes included.
pub fn push_str(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(copied..at).unwrap_or_default());
        copied = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            _ => {
                out.push_str(if byte < 0x10 { "\\u000" } else { "\\u001" });
                let low = byte & 0xf;
                out.push(char::from(if low < 10 { b'0' + low } else { b'a' - 10 + low }));
            }
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push('"');
}

/// Appends `number` in decimal.
pub fn push_int(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    let mut power = 1;
    let rest = number.unsigned_abs();
    while rest / power >= 10 {
        power *= 10;
    }
    while power > 0 {
        out.push(char::from(b'0' + (rest / power % 10) as u8));
        power /= 10;
    }
}

struct Writer<'a> {
    out: &'a mut String,
}

/// An object or an array that is being written.
struct Members<'w, 'a> {
    writer: &'w mut Writer<'a>,
    first: bool,
    close: char,
}

impl<'w, 'a> Members<'w, 'a> {
    fn open(writer: &'w mut Writer<'a>, open: char, close: char) -> Self {
        writer.out.push(open);
        Members { writer, first: true, close }
    }

    fn comma(&mut self) {
        if !self.first {
            self.writer.out.push(',');
        }
        self.first = false;
    }

    fn close(self) {
        self.writer.out.push(self.close);
    }
}

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a value that the wire carries")
    }
}

impl std::error::Error for Unsupported {}

impl ser::Error for Unsupported {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Unsupported
    }
}

type Done = Result<(), Unsupported>;

macro_rules! integers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, number: $type) -> Done {
            push_int(self.out, number as i64);
            Ok(())
        }
    )*};
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Members<'w, 'a>;
    type SerializeMap = Members<'w, 'a>;
    type SerializeStruct = Members<'w, 'a>;
    type SerializeTuple = Impossible<(), Unsupported>;
    type SerializeTupleStruct = Impossible<(), Unsupported>;
    type SerializeTupleVariant = Impossible<(), Unsupported>;
    type SerializeStructVariant = Impossible<(), Unsupported>;

    integers!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);
    integers!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32);

    fn serialize_u64(self, number: u64) -> Done {
        push_int(self.out, i64::try_from(number).map_err(|_| Unsupported)?);
        Ok(())
    }

    fn serialize_bool(self, yes: bool) -> Done {
        self.out.push_str(if yes { "true" } else { "false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Done {
        push_str(self.out, text);
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_unit(self) -> Done {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unsupported> {
        Ok(Members::open(self, '[', ']'))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unsupported> {
        Ok(Members::open(self, '{', '}'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Unsupported> {
        Ok(Members::open(self, '{', '}'))
    }

    fn serialize_f32(self, _: f32) -> Done {
        Err(Unsupported)
    }

    fn serialize_f64(self, _: f64) -> Done {
        Err(Unsupported)
    }

    fn serialize_char(self, _: char) -> Done {
        Err(Unsupported)
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Unsupported)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Err(Unsupported)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Done {
        Err(Unsupported)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(Unsupported)
    }
}

impl ser::SerializeSeq for Members<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.comma();
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Done {
        self.close();
        Ok(())
    }
}

impl ser::SerializeMap for Members<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.comma();
        key.serialize(&mut *self.writer)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.writer.out.push(':');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Done {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Members<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        ser::SerializeMap::serialize_entry(self, key, value)
    }

    fn end(self) -> Done {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn written<T: Serialize + ?Sized>(value: &T) -> String {
        let mut out = String::new();
        write(value, &mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_as_it_was(text in "(?s).*") {
            prop_assert_eq!(serde_json::from_str::<String>(&written(&text)).unwrap(), text);
        }

        #[test]
        fn any_integer_is_read_back_as_it_was(number: i64) {
            prop_assert_eq!(serde_json::from_str::<i64>(&written(&number)).unwrap(), number);
        }

        #[test]
        fn objects_and_arrays_are_written_as_serde_json_writes_them(
            map in proptest::collection::btree_map(".{0,5}", proptest::collection::vec(any::<Option<bool>>(), 0..4), 0..4),
        ) {
            let ours: Value = serde_json::from_str(&written(&map)).unwrap();
            prop_assert_eq!(ours, serde_json::to_value(&map).unwrap());
        }
    }

    #[test]
    fn what_it_does_not_know_is_an_error_not_garbage() {
        assert_eq!(write(&1.5, &mut String::new()), Err(Unsupported));
        assert_eq!(write(&u64::MAX, &mut String::new()), Err(Unsupported));
    }
}
