//! Takes out of the wasm what Rust links and nothing uses: what formats panic messages that nobody would see (a panic
//! is a trap either way, and nothing lets a trap out), and the long names by which wasm and bindings know each other. On
//! stable Rust this is worth what `panic=immediate-abort` and a standard library built for it are worth on nightly
//! (docs/size.md).

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, ElementItems, ExportItem, FunctionBuilder, FunctionId, FunctionKind, Module};

/// Trims the wasm and its glue, in place. The wasm must still have its names.
pub fn trim(wasm: &Path, glue: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm).map_err(|error| anyhow!("the wasm cannot be read: {error:#}"))?;
    let mut script = fs::read_to_string(glue)?;
    drop_unused_exports(&mut module, &script);
    trap_where_unreachable(&mut module);
    blank_what_nobody_reads(&mut module);
    shorten(&mut module, &mut script)?;
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(wasm).map_err(|error| anyhow!("the wasm cannot be written: {error:#}"))?;
    Ok(fs::write(glue, script)?)
}

/// js-sys exports an entry for its task runner whether or not there are tasks.
fn drop_unused_exports(module: &mut Module, script: &str) {
    let unused = |name: &str| name != "memory" && !script.contains(&format!("wasm.{name}"));
    let exports: Vec<_> =
        module.exports.iter().filter(|export| unused(&export.name)).map(|export| export.id()).collect();
    exports.into_iter().for_each(|export| module.exports.delete(export));
}

fn trap_where_unreachable(module: &mut Module) {
    let exported: HashSet<FunctionId> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(function) => Some(function),
            _ => None,
        })
        .collect();
    let dead: Vec<FunctionId> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)) && !exported.contains(&function.id()))
        .filter(|function| function.name.as_deref().is_some_and(is_panicking))
        .map(|function| function.id())
        .collect();
    for &id in &dead {
        let signature = module.types.get(module.funcs.get(id).ty());
        let (parameters, results) = (signature.params().to_vec(), signature.results().to_vec());
        let arguments = parameters.iter().map(|&parameter| module.locals.add(parameter)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    // The table would keep each of them alive.
    let Some(&trap) = dead.first() else { return };
    let dead: HashSet<FunctionId> = dead.into_iter().collect();
    for element in module.elements.iter_mut() {
        if let ElementItems::Functions(functions) = &mut element.items {
            functions.iter_mut().filter(|function| dead.contains(function)).for_each(|function| *function = trap);
        }
    }
}

/// What the standard library runs only on its way to a panic. The recorder itself formats nothing.
fn is_panicking(name: &str) -> bool {
    const LIBRARY: [&str; 4] = ["core[", "alloc[", "std[", " as core"];
    const PANIC: [&str; 10] = [
        "]::fmt::",
        "core::fmt::",
        "::panicking::",
        "::panic",
        "panic_",
        "_fail",
        "handle_error",
        "assert_failed",
        "PanicPayload",
        "::str::count::",
    ];
    LIBRARY.iter().any(|part| name.contains(part)) && PANIC.iter().any(|part| name.contains(part))
}

/// The words of panics, which only the functions above would read: where they stand there are zeros, which compress to
/// nothing. What is not found is not there.
fn blank_what_nobody_reads(module: &mut Module) {
    const WORDS: &[&str] = &[
        "FnOnce called more than once",
        "closure invoked recursively or after being dropped",
        "removal index (is ",
        ") should be < len (is ",
        "assertion failed: self.is_char_boundary(new_len)",
        "could not retrieve random bytes for uuid",
        "Tried to shrink to a larger capacity",
        "capacity overflow",
        "RefCell already mutably borrowed",
        "RefCell already borrowed",
        "attempt to divide by zero",
        "called `Result::unwrap_throw()` on an `Err` value",
        "called `Option::unwrap_throw()` on a `None` value",
        "called `Option::unwrap()` on a `None` value",
        "cannot access a Thread Local Storage value during or after destruction: ",
        "The JS binding should only ever produce a valid value or the specific 'invalid' value",
        "finish: callbacks should be Some",
        "finish: result should be None",
        "`async fn` resumed after completion",
        "Hash table ",
        "LazyCell instance has previously been poisoned",
        "recursive use of an object detected which would lead to unsafe aliasing in rust",
        "Attempted to initialize thread-local while it is being dropped",
        "internal error: entered unreachable code",
        ") should be <= len (is ",
        "range end index ",
        " out of range for slice of length ",
    ];
    let two_digits: String = (0..100).map(|number| format!("{number:02}")).collect();
    let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        for words in WORDS.iter().copied().chain([two_digits.as_str()]) {
            while let Some(at) = data.value.windows(words.len()).position(|window| window == words.as_bytes()) {
                data.value[at..at + words.len()].fill(0);
            }
        }
        let paths = rust_paths(&data.value);
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = data.kind {
            blank_locations(&mut data.value, offset as u32, &paths);
        }
        paths.into_iter().for_each(|path| data.value[path].fill(0));
    }
}

/// The places in the source that panics would name: pointer to the file's path, its length, line, column, 4 bytes each.
fn blank_locations(bytes: &mut [u8], offset: u32, paths: &[Range<usize>]) {
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let first = (4 - offset as usize % 4) % 4;
    for at in (first..bytes.len().saturating_sub(15)).step_by(4) {
        let (start, length) = (number(bytes, at).wrapping_sub(offset), number(bytes, at + 4));
        let is_path = paths.iter().any(|path| path.start == start as usize && path.len() == length as usize);
        if is_path {
            bytes[at..at + 16].fill(0);
        }
    }
}

/// The source files that panics would name. Texts stand next to each other without a gap: a path begins where one of the
/// project's or the toolchain's beginnings stands, not where its characters do.
fn rust_paths(bytes: &[u8]) -> Vec<Range<usize>> {
    const BEGINNINGS: [&[u8]; 5] = [b"./", b"/rustc/", b"/rust/deps/", b"wire/src/", b"src/"];
    let of_a_path = |byte: &&u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let ends = bytes.windows(3).enumerate().filter(|(_, window)| window == b".rs").map(|(at, _)| at + 3);
    let path = |end: usize| {
        let run = end - bytes[..end].iter().rev().take_while(of_a_path).count();
        let begins = |at: &usize| BEGINNINGS.iter().any(|beginning| bytes[*at..end].starts_with(beginning));
        (run..end).find(begins).map(|start| start..end)
    };
    ends.filter_map(path).collect()
}

/// The generated names carry sixteen digits each that no compression shortens, once in the wasm and once in the glue.
fn shorten(module: &mut Module, script: &mut String) -> Result<()> {
    let letters = || ('a'..='z').chain('A'..='Z');
    let mut names = letters().flat_map(|first| letters().map(move |second| format!("${first}{second}")));
    let mut replace = |script: &mut String, before: &str, name: &str, after: &str| {
        let short = names.next().ok_or_else(|| anyhow!("more generated names than two letters can tell apart"))?;
        let found = script.matches(&format!("{before}{name}{after}")).count();
        ensure!(found > 0, "the glue does not name {name}");
        *script = script.replace(&format!("{before}{name}{after}"), &format!("{before}{short}{after}"));
        anyhow::Ok(short)
    };
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with("__wb")) {
        import.name = replace(script, "", &import.name, ": function")?;
    }
    let generated = |name: &str| name.starts_with("__") || name.starts_with("wasm_bindgen__");
    for export in module.exports.iter_mut().filter(|export| generated(&export.name)) {
        export.name = replace(script, "wasm.", &export.name, "")?;
    }
    let modules: HashSet<String> = module.imports.iter().map(|import| import.module.clone()).collect();
    for long in modules {
        let short = replace(script, "\"", &long, "\": import")?;
        module
            .imports
            .iter_mut()
            .filter(|import| import.module == long)
            .for_each(|import| import.module.clone_from(&short));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_blanked_and_its_neighbours_are_not() {
        let bytes = b"open./js-sys-0.3/src/jspi.rs\0unknownwire/src/json.rs\0.rs";
        let paths: Vec<&[u8]> = rust_paths(bytes).into_iter().map(|path| &bytes[path]).collect();
        assert_eq!(paths, [&b"./js-sys-0.3/src/jspi.rs"[..], b"wire/src/json.rs"]);
    }

    #[test]
    fn a_location_is_blanked_and_other_numbers_are_not() {
        let numbers = [1_008_u32, 9, 7, 3, 1_008, 8, 7, 3];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let path = 8..17;
        blank_locations(&mut bytes, 1_000, std::slice::from_ref(&path));
        let left: Vec<u32> = bytes.chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert_eq!(left, [0, 0, 0, 0, 1_008, 8, 7, 3]);
    }

    #[test]
    fn only_what_leads_to_a_panic_is_panicking() {
        for name in [
            "core[c593]::panicking::panic_fmt",
            "<u32 as core[c5]::fmt::Display>::fmt",
            "alloc[3]::raw_vec::handle_error",
        ] {
            assert!(is_panicking(name), "{name}");
        }
        for name in ["uuid::fmt::format_simple::h04", "waymark::recorder::Recorder::push", "alloc[3]::vec::Vec::push"] {
            assert!(!is_panicking(name), "{name}");
        }
    }
}
