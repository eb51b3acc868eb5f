//! The recorder as JavaScript, for pages where wasm is refused: the compiled wasm in one piece, bound without what only
//! wasm has (reference types), and turned into JavaScript by binaryen's `wasm2js`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use walrus::{ExportItem, FunctionBuilder, FunctionId, FunctionKind, ImportKind, Module, RawCustomSection};
use wasm_bindgen_cli_support::Bindgen;

use crate::project::Project;
use crate::{cargo, harden, npm, process, stamp, trim};

/// The module of the imports that the splitter puts the parts behind.
const CUT: &str = "__wasm_split_placeholder__";

/// The module of what the bindings put in place of reference types.
const OBJECTS: &str = "__wbindgen_externref_xform__";

/// The objects that every recorder has, in the list that stands for the table of references: 1024 places that are not
/// used, `undefined`, `null`, `true` and `false`.
const FIXED_OBJECTS: i32 = 1028;

/// What wasm2js writes around the one function that makes an instance.
const BEFORE: &str = "function asmFunc(imports) {";
const AFTER: &str = "\nvar retasmFunc = asmFunc({";

/// Makes the recorder, as a function expression that takes the imports and gives the exports, and its bindings at
/// `target/compat/waymark.js`, from the compiled recorder.
///
/// # Errors
/// A step fails, or one of the tools writes something else than this expects.
pub fn build(project: &Project, compiled: &Path) -> Result<PathBuf> {
    let folder = project.target().join("compat");
    let [bindings, wasm, script] = ["waymark.js", "waymark_bg.wasm", "recorder.js"].map(|name| folder.join(name));
    let part = project.www().join("part-compat.js");
    let intrinsics = fs::read_to_string(project.www().join("intrinsics.js"))?;
    let steps = [include_str!("compat.rs"), include_str!("trim.rs"), include_str!("harden.rs"), &intrinsics].concat();
    let flags = cargo::locked_version(project, "wasm-bindgen-cli-support")? + &steps;
    let inputs = [compiled.into(), part.clone(), project.root().join("package-lock.json")];
    let outputs = [bindings.clone(), script.clone()];
    stamp::unless_fresh(project, "compat", &inputs, &flags, &outputs, || {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let joined = folder.join("joined.wasm");
        join(compiled, &joined)?;
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&joined).out_name("waymark").typescript(false);
        bindgen.omit_default_module_path(true).keep_debug(false).remove_producers_section(true);
        let bound = bindgen.web(true).and_then(|bindgen| bindgen.generate(&folder));
        bound.map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
        trim::trim(&wasm, &bindings, &[])?;
        harden::harden(&bindings, &intrinsics)?;
        let text = harden::run_javascript(&fs::read_to_string(&bindings)?)?;
        fs::write(&bindings, text)?;
        fs::copy(&part, folder.join("part.js"))?;
        to_javascript(project, &wasm, &script)
    })?;
    Ok(script)
}

/// Joins what the splitter would cut apart, and hides from wasm-bindgen that the wasm may use reference types.
fn join(compiled: &Path, joined: &Path) -> Result<()> {
    let mut module = Module::from_file(compiled).map_err(|error| anyhow!("the wasm cannot be read: {error:#}"))?;
    let cuts: Vec<_> = module
        .imports
        .iter()
        .filter(|import| import.module == CUT)
        .map(|import| match import.kind {
            ImportKind::Function(function) => Ok((import.id(), import.name.clone(), function)),
            _ => bail!("{} is no function", import.name),
        })
        .collect::<Result<_>>()?;
    ensure!(!cuts.is_empty(), "the wasm has no cut: it imports nothing from {CUT}");
    for (import, name, function) in cuts {
        match name.starts_with("__wasm_split_load_") {
            true => call_back(&mut module, function)?,
            false => {
                let export = name.replacen("_import_", "_export_", 1);
                let id = module.exports.get_func(&export).with_context(|| format!("nothing exports {export}"))?;
                call(&mut module, function, id);
            }
        }
        module.imports.delete(import);
    }
    if let Some(end) = module.imports.find(OBJECTS, "__wbindgen_externref_statics_end") {
        let ImportKind::Function(function) = module.imports.get(end).kind else { bail!("a number is no function") };
        let mut constant = FunctionBuilder::new(&mut module.types, &[], &[walrus::ValType::I32]);
        constant.func_body().i32_const(FIXED_OBJECTS);
        module.funcs.get_mut(function).kind = FunctionKind::Local(constant.local_func(Vec::new()));
        module.imports.delete(end);
    }
    let others: Vec<_> = module.customs.iter().map(|(id, custom)| (id, custom.name().to_owned())).collect();
    for (id, name) in others {
        if name.starts_with("reloc.") || name == "linking" || name == "target_features" {
            module.customs.delete(id);
        }
    }
    // A list of no features.
    module.customs.add(RawCustomSection { name: "target_features".to_owned(), data: vec![0] });
    let cut_exports: Vec<_> = module.exports.iter().filter(|export| is_cut(export)).map(|export| export.id()).collect();
    cut_exports.into_iter().for_each(|export| module.exports.delete(export));
    module.emit_wasm_file(joined).map_err(|error| anyhow!("the wasm cannot be written: {error:#}"))
}

fn is_cut(export: &walrus::Export) -> bool {
    matches!(export.item, ExportItem::Function(_)) && export.name.starts_with("__wasm_split_")
}

/// `imported` calls `exported`.
fn call(module: &mut Module, imported: FunctionId, exported: FunctionId) {
    let signature = module.types.get(module.funcs.get(imported).ty());
    let (parameters, results) = (signature.params().to_vec(), signature.results().to_vec());
    let arguments: Vec<_> = parameters.iter().map(|&parameter| module.locals.add(parameter)).collect();
    let mut function = FunctionBuilder::new(&mut module.types, &parameters, &results);
    let mut body = function.func_body();
    for &argument in &arguments {
        body.local_get(argument);
    }
    body.call(exported);
    module.funcs.get_mut(imported).kind = FunctionKind::Local(function.local_func(arguments));
}

/// `load`, which takes a function of the table and its data, says at once that the part is there.
fn call_back(module: &mut Module, load: FunctionId) -> Result<()> {
    let parameters = module.types.get(module.funcs.get(load).ty()).params().to_vec();
    ensure!(parameters == [walrus::ValType::I32; 2], "the splitter loads by another function");
    let table = module.tables.main_function_table().ok().flatten().context("the wasm has no table")?;
    let callback = module.types.add(&parameters, &[]);
    let arguments: Vec<_> = parameters.iter().map(|&parameter| module.locals.add(parameter)).collect();
    let mut function = FunctionBuilder::new(&mut module.types, &parameters, &[]);
    let [callee, data] = arguments[..] else { bail!("two parameters have two locals") };
    function.func_body().local_get(data).i32_const(1).local_get(callee).call_indirect(callback, table);
    module.funcs.get_mut(load).kind = FunctionKind::Local(function.local_func(arguments));
    Ok(())
}

/// Optimises the wasm, and writes it as a function expression.
fn to_javascript(project: &Project, wasm: &Path, script: &Path) -> Result<()> {
    println!("  wasm2js (some seconds)");
    let lowered = wasm.with_file_name("lowered.wasm");
    let small = wasm.with_file_name("small.wasm");
    let raw = wasm.with_file_name("wasm2js.js");
    // JavaScript has neither of these instructions.
    let lower = [
        "--enable-bulk-memory",
        "--enable-reference-types",
        "--enable-multivalue",
        "--enable-sign-ext",
        "--enable-nontrapping-float-to-int",
        "--enable-mutable-globals",
        "--signext-lowering",
        "--llvm-nontrapping-fptoint-lowering",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
    ];
    let features = ["--mvp-features", "--enable-bulk-memory", "--enable-mutable-globals"];
    let mut command = Command::new(npm::program(project, "wasm-opt")?);
    process::quiet(command.args(lower).arg(wasm).arg("-o").arg(&lowered))?;
    let mut command = Command::new(npm::program(project, "wasm-opt")?);
    command.args(features).args(["--low-memory-unused", "-Oz", "-Oz"]);
    process::quiet(command.arg(&lowered).arg("-o").arg(&small))?;
    let mut command = Command::new(npm::program(project, "wasm2js")?);
    process::quiet(command.args(features).args(["-Oz"]).arg(&small).arg("-o").arg(&raw))?;
    fs::write(script, function(&fs::read_to_string(&raw)?)?)
        .with_context(|| format!("could not write {}", script.display()))
}

/// The function of a module that wasm2js wrote, as an expression.
fn function(module: &str) -> Result<String> {
    let (helpers, _) = module.split_once(AFTER).context("wasm2js writes no `retasmFunc`")?;
    let start = helpers.find("\n\n").unwrap_or_default();
    let is_import = |line: &&str| line.starts_with("import ") || line.is_empty();
    let body: String =
        helpers[start..].lines().filter(|line| !is_import(line)).map(|line| format!("{line}\n")).collect();
    ensure!(body.contains(BEFORE), "wasm2js writes no `{BEFORE}`");
    Ok(format!("(() => {{\n{body}return asmFunc;\n}})()"))
}
