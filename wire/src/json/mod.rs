//! A small JSON writer and reader for the recorder: texts, whole numbers, booleans and objects, which is all that
//! settings, batch headers and kept state hold. Both are called member by member. Derived serde code, even behind a
//! serializer and a deserializer this small, made the wasm 5 kB larger (docs/size.md); the collector and the tests read
//! the same types with serde's derives, and a test compares the two.

mod read;
mod write;

pub use read::{Member, Reader, Wrong, parse_int, read, unknown};
pub use write::{Object, push_int, push_str};
