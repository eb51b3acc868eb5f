//! Shortens what wasm-bindgen leaves, in the wasm and in its bindings: the long generated names by which they know each
//! other, and an export that nothing uses. Everything that runs in browsers runs this very file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use walrus::Module;

/// Trims the wasm and its bindings, in place. `shared` are the exports that the other part of it needs.
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
    shorten(&mut module, &mut script, shared)?;
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(wasm).map_err(|error| anyhow!("the wasm cannot be written: {error:#}"))?;
    Ok(fs::write(bindings, script)?)
}

/// js-sys exports an entry for its task runner whether or not there are tasks.
fn drop_unused_exports(module: &mut Module, script: &str, shared: &[String]) {
    let is_shared = |name: &str| shared.iter().any(|one| one == name);
    let unused = |name: &str| name != "memory" && !is_shared(name) && !script.contains(&format!("wasm.{name}"));
    let exports: Vec<_> =
        module.exports.iter().filter(|export| unused(&export.name)).map(|export| export.id()).collect();
    exports.into_iter().for_each(|export| module.exports.delete(export));
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
