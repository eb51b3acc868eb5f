//! `cargo xtask build`: from Rust and JavaScript to the files that host pages load. A straight line of steps, each
//! skipped when its inputs are those of the last run: cargo → stubs → the cut into recorder and level 2 → wasm-bindgen →
//! wasm-opt → esbuild → one script, and the wasm of level 2 → their compressed siblings.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::project::Project;
use crate::split::Split;
use crate::{
    adapters, cargo, compat, compress, declarations, harden, integrity, npm, pack, process, split, stamp, stub, trim,
};

/// What the build leaves on its way, for `cargo xtask size`.
pub struct Parts {
    pub loader_source: PathBuf,
    pub bindings: PathBuf,
    pub wasm: PathBuf,
    /// The code of level 2.
    pub capture: PathBuf,
    pub snippet: PathBuf,
    pub script: PathBuf,
    /// The recorder as JavaScript.
    pub compat: PathBuf,
}

pub fn run(project: &Project) -> Result<()> {
    let parts = build(project)?;
    for path in [&parts.snippet, &parts.script, &parts.capture, &parts.compat] {
        let brotli = fs::metadata(compress::sibling(path, ".br"))?.len();
        println!("{}: {} bytes, {brotli} in brotli", project.short(path), fs::metadata(path)?.len());
    }
    Ok(())
}

pub fn build(project: &Project) -> Result<Parts> {
    cargo::ensure_wasm_target()?;
    npm::ensure_packages(project)?;
    let loader_source = source(project, "loader.js")?;
    let snippet_source = source(project, "snippet.js")?;
    let panel_source = source(project, "panel.js")?;
    let overlay_source = source(project, "overlay.js")?;

    let compiled = stubbed(project, &compile(project)?)?;
    let (bindings, bound, part) = bind(project, &compiled)?;
    let wasm = optimise(project, "wasm-opt", &bound, project.bindgen().join("waymark.wasm"))?;
    fs::create_dir_all(project.dist())?;
    let capture = optimise(project, "wasm-opt-capture", &part, project.dist().join("capture.wasm"))?;
    let compat = as_javascript(project, &loader_source, &compat::build(project, &compiled)?)?;
    let script = one_script(project, &loader_source, &wasm, &capture, &compat)?;
    let snippet = minified(project, &snippet_source, "snippet.js")?;
    let pinned = pinned_snippet(project, &snippet_source, &script)?;
    let panel = bundled(project, &panel_source, "panel.js")?;
    let overlay = bundled(project, &overlay_source, "overlay.js")?;
    let (chart, chart_style) = chart_library(project)?;
    declarations::write(project)?;
    for path in [&script, &capture, &compat, &snippet, &pinned, &panel, &overlay, &chart, &chart_style] {
        let name = format!("compress-{}", path.file_name().unwrap_or_default().display());
        let outputs = [compress::sibling(path, ".br"), compress::sibling(path, ".gz")];
        stamp::unless_fresh(project, &name, std::slice::from_ref(path), "", &outputs, || compress::siblings(path))?;
    }
    vendor(project)?;
    adapters::bundle(project)?;
    adapters::bundle_tests(project)?;
    integrity::write(&project.dist())?;
    Ok(Parts { loader_source, bindings, wasm, capture, snippet, script, compat })
}

fn source(project: &Project, name: &str) -> Result<PathBuf> {
    let path = project.www().join(name);
    if !path.is_file() {
        bail!("www/{name} is missing: the build needs it");
    }
    Ok(path)
}

fn compile(project: &Project) -> Result<PathBuf> {
    let arguments = ["build", "--profile", "recorder", "--target", cargo::WASM, "--package", "waymark", "--lib"];
    let mut command = cargo::cargo(project, &arguments);
    match commit(project) {
        Some(name) => command.env("WAYMARK_BUILD", name),
        None => command.env_remove("WAYMARK_BUILD"),
    };
    command.env("RUSTFLAGS", rust_flags()?);
    process::live(&mut command)?;
    Ok(project.target().join(cargo::WASM).join("recorder").join("waymark.wasm"))
}

/// The compiled recorder without the texts of panics and errors.
fn stubbed(project: &Project, compiled: &Path) -> Result<PathBuf> {
    let stubbed = compiled.with_file_name("waymark-stubbed.wasm");
    let step = [include_str!("stub.rs"), include_str!("compiled.rs")].concat();
    stamp::unless_fresh(project, "stub", &[compiled.into()], &step, std::slice::from_ref(&stubbed), || {
        Ok(fs::write(&stubbed, stub::stub(&fs::read(compiled)?)?)?)
    })?;
    Ok(stubbed)
}

/// The flags of `.cargo/config.toml`, which these replace, and no path of this machine in the wasm.
fn rust_flags() -> Result<String> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"))?;
    Ok(format!(
        "--cfg split -Clink-arg=--emit-relocs -Clink-arg=-zstack-size=32768 --cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"compact\" --remap-path-prefix={}/=./ --remap-path-prefix={home}/registry/src/=./",
        sysroot.trim(),
    ))
}

/// The last commit as `20190306-123518-32b80d9f`: when, in UTC, and which.
fn commit(project: &Project) -> Option<String> {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%cd-%H", "--date=format-local:%Y%m%d-%H%M%S"]);
    let text = process::output(git.current_dir(project.root()).env("TZ", "UTC")).ok()?;
    const LENGTH: usize = "20190306-123518-32b80d9f".len();
    text.get(..LENGTH).map(String::from)
}

/// The JavaScript bindings, the wasm that they expect, and the wasm of level 2.
fn bind(project: &Project, compiled: &Path) -> Result<(PathBuf, PathBuf, PathBuf)> {
    let folder = project.bindgen();
    let split = Split::at(&folder);
    let [bindings, wasm, types] = ["waymark.js", "waymark_bg.wasm", "waymark.d.ts"].map(|name| folder.join(name));
    let loader = folder.join("part.js");
    let outputs = [bindings.clone(), wasm.clone(), types, split.capture.clone(), loader.clone()];
    let intrinsics = fs::read_to_string(source(project, "intrinsics.js")?)?;
    let steps = [include_str!("split.rs"), include_str!("trim.rs"), include_str!("harden.rs"), &intrinsics].concat();
    let flags = cargo::locked_version(project, "wasm-bindgen-cli-support")? + &steps;
    let inputs = [compiled.into(), source(project, "part.js")?];
    stamp::unless_fresh(project, "bindgen", &inputs, &flags, &outputs, || {
        // Snippets of code that is gone would stay otherwise.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        split::split(compiled, &split)?;
        let shared = split::shared(&split.capture)?;
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&split.recorder).out_name("waymark").typescript(true);
        // The table of functions is shared.
        bindgen.keep_lld_exports(true);
        bindgen.omit_default_module_path(true).keep_debug(false).remove_producers_section(true);
        let bound = bindgen.web(true).and_then(|bindgen| bindgen.generate(&folder));
        bound.map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
        trim::trim(&wasm, &bindings, &shared)?;
        harden::harden(&bindings, &intrinsics)?;
        fs::copy(&inputs[1], &loader)?;
        Ok(())
    })?;
    Ok((bindings, wasm, split.capture))
}

fn optimise(project: &Project, step: &str, bound: &Path, optimised: PathBuf) -> Result<PathBuf> {
    // What Rust's wasm uses. `--all-features` would let binaryen write encodings that browsers do not know.
    const FLAGS: &[&str] = &[
        "--enable-bulk-memory",
        "--enable-reference-types",
        "--enable-multivalue",
        "--enable-sign-ext",
        "--enable-nontrapping-float-to-int",
        "--enable-mutable-globals",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
        "--low-memory-unused",
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        // Code that stands where it was written repeats itself, and compresses better: 6 % of brotli.
        "--one-caller-inline-max-function-size=20",
        // Functions of one kind stand side by side, and compress better: 1 % of brotli.
        "--reorder-functions-by-name",
    ];
    let inputs = [bound.into(), project.root().join("package-lock.json")];
    stamp::unless_fresh(project, step, &inputs, &FLAGS.join(" "), std::slice::from_ref(&optimised), || {
        println!("  wasm-opt (some seconds)");
        let mut command = Command::new(npm::program(project, "wasm-opt")?);
        process::quiet(command.args(FLAGS).arg(bound).arg("-o").arg(&optimised))
    })?;
    Ok(optimised)
}

fn one_script(project: &Project, loader: &Path, wasm: &Path, capture: &Path, compat: &Path) -> Result<PathBuf> {
    let bundled = bundled_loader(project, loader, "target/bindgen/waymark.js", "www/wasm.js")?;
    let packed = pack::with_hash(&bundled, "CAPTURE", &fs::read(capture)?)?;
    let packed = pack::with_hash(&packed, "COMPAT", &fs::read(compat)?)?;
    let packed = pack::into_script(&packed, &fs::read(wasm)?)?;
    // Chromium compiles all functions at once, apart from the main thread, as the script arrives: nearly all are called.
    written(project, "waymark.js", &["//# allFunctionsCalledOnLoad\n", &packed].concat())
}

/// The same script with the recorder as JavaScript.
fn as_javascript(project: &Project, loader: &Path, recorder: &Path) -> Result<PathBuf> {
    let bundled = bundled_loader(project, loader, "target/compat/waymark.js", "www/compat.js")?;
    let recorder = esbuild(project, recorder, &[])?;
    let text = pack::with_function(&bundled, recorder.trim_end().trim_end_matches(';'))?;
    written(project, "waymark-compat.js", &text)
}

/// The loader with its bindings, and with what runs the recorder.
fn bundled_loader(project: &Project, loader: &Path, bindings: &str, code: &str) -> Result<String> {
    let (bindings, code) = (format!("--alias:waymark-bindings=./{bindings}"), format!("--alias:waymark-code=./{code}"));
    esbuild(project, loader, &["--bundle", "--format=iife", "--inject:www/intrinsics.js", &bindings, &code])
}

/// A script and what it imports, minified into one file.
fn bundled(project: &Project, source: &Path, name: &str) -> Result<PathBuf> {
    let text = esbuild(project, source, &["--bundle", "--format=iife"])?;
    written(project, name, text.trim_end())
}

/// A script that is served as it is, but for its size.
fn minified(project: &Project, source: &Path, name: &str) -> Result<PathBuf> {
    let text = esbuild(project, source, &[])?;
    written(project, name, text.trim_end())
}

/// The snippet that loads this build of the script and no other.
fn pinned_snippet(project: &Project, source: &Path, script: &Path) -> Result<PathBuf> {
    let pinned = project.target().join("pinned").join("snippet.js");
    let text = pack::pinned(&fs::read_to_string(source)?, &fs::read(script)?)?;
    fs::create_dir_all(project.target().join("pinned"))?;
    fs::write(&pinned, text)?;
    minified(project, &pinned, "snippet-pinned.js")
}

/// What draws the time lines of `/insights`: the package's script and style, under its licence.
fn chart_library(project: &Project) -> Result<(PathBuf, PathBuf)> {
    // A browser without a locale calls its language C. Intl refuses that, and the script would end.
    const LANGUAGE: &str = "domEnv ? nav.language : 'en-US'";
    let folder = project.node_modules().join("uplot");
    let read = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| format!("uplot has no {name}"));
    let script = read("dist/uPlot.iife.js")?;
    if script.matches(LANGUAGE).count() != 1 {
        bail!("uplot does not say `{LANGUAGE}` once: look how it chooses its language now");
    }
    let source = project.target().join("charts").join("uplot.js");
    fs::create_dir_all(project.target().join("charts"))?;
    fs::write(&source, script.replace(LANGUAGE, "'en-GB'"))?;
    let licence = read("LICENSE")?;
    let with_licence = |text: &str| format!("/*!\nuPlot\n{}\n*/\n{}\n", licence.trim(), text.trim());
    let script = with_licence(&esbuild(project, &source, &[])?);
    let style = with_licence(&read("dist/uPlot.min.css")?);
    Ok((written(project, "uplot.js", &script)?, written(project, "uplot.css", &style)?))
}

/// A script, minified.
pub fn esbuild(project: &Project, script: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(npm::program(project, "esbuild")?);
    command.current_dir(project.root()).arg(script).args(arguments);
    let bytes = process::bytes(command.args(["--minify", "--target=es2020", "--charset=utf8", "--log-level=warning"]))?;
    String::from_utf8(bytes).context("esbuild printed no UTF-8")
}

fn written(project: &Project, name: &str, text: &str) -> Result<PathBuf> {
    let path = project.dist().join(name);
    fs::create_dir_all(project.dist())?;
    fs::write(&path, text).with_context(|| format!("could not write {}", project.short(&path)))?;
    Ok(path)
}

/// What the demo site uses of others: driver.js, under `vendor/driver.js/`.
fn vendor(project: &Project) -> Result<()> {
    let folder = project.site().join("vendor").join("driver.js");
    fs::create_dir_all(&folder)?;
    for name in ["driver.js.mjs", "driver.css"] {
        let from = project.node_modules().join("driver.js").join("dist").join(name);
        fs::copy(&from, folder.join(name)).with_context(|| format!("could not copy {}", project.short(&from)))?;
    }
    Ok(())
}
