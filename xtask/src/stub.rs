//! Takes out of the compiled recorder what makes the texts of panics and of serde's errors, which nobody sees: the
//! recorder's own messages are plain texts. It knows no source of the recorder, only names of the standard library:
//!
//! - The standard library's formatting writes nothing. It is stubbed, never made a trap: a wrong setting makes serde
//!   format an error, and must not end the recorder.
//! - What only runs on the way to a panic is a trap at once, as the panic is in the end (`panic = "abort"`), and refers to
//!   no place in the source.
//!
//! The cut that follows leaves out what nothing refers to any more: functions, tables of numbers and characters, texts.

use anyhow::{Context as _, Result, ensure};

use crate::compiled::{Compiled, Function, Reference};

const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;
const I32_CONST: u8 = 0x41;

/// Returns the wasm with stubs. They keep the length of the bodies that they replace.
///
/// # Errors
/// The wasm is not as the linker leaves it, with names and relocations.
pub fn stub(wasm: &[u8]) -> Result<Vec<u8>> {
    let compiled = Compiled::read(wasm)?;
    let stubs: Vec<(&Function, Stub)> =
        compiled.functions.iter().filter_map(|function| Some((function, Stub::of_function(function)?))).collect();
    let mut stubbed = wasm.to_vec();
    for (function, stub) in &stubs {
        let body = stubbed.get_mut(function.body.clone()).context("a body outside of the wasm")?;
        let code = stub.code();
        ensure!(code.len() < body.len(), "{} is too short for a stub", function.name);
        body.fill(NOP);
        // No locals, the code, nothing more.
        let (locals, rest) = body.split_at_mut(1);
        let (_, end) = rest.split_at_mut(rest.len() - code.len());
        locals.fill(0);
        end.copy_from_slice(code);
    }
    let is_kept = |reference: &Reference| {
        let is_in_stub = stubs.iter().any(|(function, _)| function.body.contains(&reference.place));
        !is_in_stub && !compiled.is_to_location(reference)
    };
    compiled.without(&stubbed, is_kept)
}

/// What becomes of a function's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stub {
    /// It returns `Ok(())` of [`std::fmt::Result`], and writes nothing.
    WritesNothing,
    Traps,
}

impl Stub {
    /// Imports have no body; exports are the bindings'.
    fn of_function(function: &Function) -> Option<Self> {
        let is_own = !function.body.is_empty() && !function.is_exported;
        if is_own { Stub::of(&function.name, function.returns_i32) } else { None }
    }

    /// By the function's demangled name, and whether it returns one i32, as [`std::fmt::Result`] does.
    fn of(name: &str, returns_i32: bool) -> Option<Self> {
        let (path, hash) = name.rsplit_once("::").unwrap_or(("", name));
        let path = if hash.len() == 17 && hash.starts_with('h') { path } else { name };
        let is_library =
            ["core[", "<core[", "alloc[", "<alloc[", "std[", "<std["].iter().any(|part| path.starts_with(part));
        let is_formatting =
            is_library && path.contains("]::fmt::") || path.contains("fmt::") && path.ends_with(">::fmt");
        let is_panicking = ["::panicking::", "::panic", "handle_error", "_fail"].iter().any(|part| path.contains(part));
        match () {
            () if is_formatting && returns_i32 => Some(Stub::WritesNothing),
            () if is_library && is_panicking => Some(Stub::Traps),
            () => None,
        }
    }

    fn code(self) -> &'static [u8] {
        match self {
            Stub::WritesNothing => &[I32_CONST, 0, END],
            Stub::Traps => &[UNREACHABLE, END],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_writes_nothing_and_only_the_way_to_a_panic_traps() {
        for (name, returns_i32, expected) in [
            ("core[c593]::fmt::write", true, Some(Stub::WritesNothing)),
            ("<u32 as core[c5]::fmt::Display>::fmt", true, Some(Stub::WritesNothing)),
            ("<uuid::error::Error as core::fmt::Display>::fmt::h80c6a4fdc2a09b59", true, Some(Stub::WritesNothing)),
            ("<core[c593]::fmt::Formatter>::pad", true, Some(Stub::WritesNothing)),
            ("alloc[3]::fmt::format::format_inner", false, None),
            ("uuid::fmt::Hyphenated::encode_lower::h463463463463463a", true, None),
            ("core[c593]::panicking::panic_fmt", false, Some(Stub::Traps)),
            ("alloc[3]::raw_vec::handle_error", false, Some(Stub::Traps)),
            ("alloc[3]::vec::Vec::push", false, None),
            ("waymark::recorder::Recorder::panic", false, None),
        ] {
            assert_eq!(Stub::of(name, returns_i32), expected, "{name}");
        }
    }
}
