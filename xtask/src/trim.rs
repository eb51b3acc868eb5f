//! The one step after wasm-bindgen that is ours. It knows no source of the recorder, only names of the standard library
//! and of wasm-bindgen:
//!
//! - The standard library's formatting writes nothing. It makes the texts of panics and of serde's errors, which nobody
//!   sees: the recorder's own messages are plain texts. It is stubbed, never made a trap: a wrong setting makes serde
//!   format an error, and must not end the recorder.
//! - What only runs on the way to a panic is a trap at once, as the panic is in the end (`panic = "abort"`).
//! - The long generated names by which wasm and bindings know each other become short.
//!
//! Everything that runs in browsers runs this very file. `docs/size.md` has what each is worth.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use walrus::{ExportItem, FunctionBuilder, FunctionId, FunctionKind, Module, ValType};

/// Trims the wasm and its bindings, in place. The wasm must still have its names. `shared` are the exports that the
/// other part of it needs.
///
/// # Errors
/// A file cannot be read or written, or the two do not belong together.
pub fn trim(wasm: &Path, bindings: &Path, shared: &[String]) -> Result<()> {
    let mut module = Module::from_file(wasm).map_err(|error| anyhow!("the wasm cannot be read: {error:#}"))?;
    let mut script = fs::read_to_string(bindings)?;
    for name in shared {
        ensure!(module.exports.iter().any(|export| export.name == *name), "the wasm does not export {name}");
    }
    drop_unused_exports(&mut module, &script, shared);
    stub(&mut module);
    shorten(&mut module, &mut script, shared)?;
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(wasm).map_err(|error| anyhow!("the wasm cannot be written: {error:#}"))?;
    Ok(fs::write(bindings, script)?)
}

/// Trims a part of the wasm, which has no bindings.
///
/// # Errors
/// As [`trim`].
pub fn trim_part(wasm: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm).map_err(|error| anyhow!("the wasm cannot be read: {error:#}"))?;
    stub(&mut module);
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(wasm).map_err(|error| anyhow!("the wasm cannot be written: {error:#}"))
}

/// js-sys exports an entry for its task runner whether or not there are tasks.
fn drop_unused_exports(module: &mut Module, script: &str, shared: &[String]) {
    let is_shared = |name: &str| shared.iter().any(|one| one == name);
    let unused = |name: &str| name != "memory" && !is_shared(name) && !script.contains(&format!("wasm.{name}"));
    let exports: Vec<_> =
        module.exports.iter().filter(|export| unused(&export.name)).map(|export| export.id()).collect();
    exports.into_iter().for_each(|export| module.exports.delete(export));
}

/// What becomes of a function's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stub {
    /// It returns `Ok(())` of [`std::fmt::Result`], and writes nothing.
    WritesNothing,
    Traps,
}

impl Stub {
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
}

fn stub(module: &mut Module) {
    let function_of = |item| if let ExportItem::Function(function) = item { Some(function) } else { None };
    let exported: HashSet<FunctionId> = module.exports.iter().filter_map(|export| function_of(export.item)).collect();
    let stubs: Vec<(FunctionId, Stub)> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)) && !exported.contains(&function.id()))
        .filter_map(|function| {
            let returns_i32 = module.types.get(function.ty()).results() == [ValType::I32];
            Some((function.id(), Stub::of(function.name.as_deref()?, returns_i32)?))
        })
        .collect();
    for (id, stub) in stubs {
        let signature = module.types.get(module.funcs.get(id).ty());
        let (parameters, results) = (signature.params().to_vec(), signature.results().to_vec());
        let arguments = parameters.iter().map(|&parameter| module.locals.add(parameter)).collect();
        let mut function = FunctionBuilder::new(&mut module.types, &parameters, &results);
        match stub {
            Stub::WritesNothing => function.func_body().i32_const(0),
            Stub::Traps => function.func_body().unreachable(),
        };
        module.funcs.get_mut(id).kind = FunctionKind::Local(function.local_func(arguments));
    }
}

/// The generated names carry sixteen digits each that no compression shortens, once in the wasm and once in the
/// bindings.
fn shorten(module: &mut Module, script: &mut String, shared: &[String]) -> Result<()> {
    let letters = || ('a'..='z').chain('A'..='Z');
    let mut names = letters().flat_map(|first| letters().map(move |second| format!("${first}{second}")));
    let mut replace = |script: &mut String, before: &str, name: &str, after: &str| {
        let short = names.next().ok_or_else(|| anyhow!("more generated names than two letters can tell apart"))?;
        let found = script.matches(&format!("{before}{name}{after}")).count();
        ensure!(found > 0, "the bindings do not name {name}");
        *script = script.replace(&format!("{before}{name}{after}"), &format!("{before}{short}{after}"));
        anyhow::Ok(short)
    };
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with("__wb")) {
        import.name = replace(script, "", &import.name, ": function")?;
    }
    let generated = |name: &str| name.starts_with("__") || name.starts_with("wasm_bindgen__");
    let is_shared = |name: &String| shared.contains(name);
    for export in module.exports.iter_mut().filter(|export| generated(&export.name) && !is_shared(&export.name)) {
        export.name = replace(script, "wasm.", &export.name, "")?;
    }
    let modules: BTreeSet<String> = module.imports.iter().map(|import| import.module.clone()).collect();
    for long in modules {
        let short = replace(script, "\"", &long, "\": import")?;
        let imports = module.imports.iter_mut().filter(|import| import.module == long);
        imports.for_each(|import| import.module.clone_from(&short));
    }
    Ok(())
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
