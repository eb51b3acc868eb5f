//! A small JSON writer and reader behind serde's derives: texts, whole numbers, booleans, options, objects and (written)
//! arrays, which is all that settings, batch headers and kept state hold. They stand in for `serde_json` in the wasm,
//! where formatting and number machinery cost kilobytes of every page's transfer (docs/size.md); the collector reads
//! with `serde_json`.

mod read;
mod write;

pub use read::{Wrong, parse_int, read};
pub use write::{Unsupported, push_int, push_str, write};
