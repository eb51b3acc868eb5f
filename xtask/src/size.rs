//! `cargo xtask size`: what a host page transfers, part by part, and whether it keeps below the ceiling.

use std::fs;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::{build, compress};

/// What a page transfers, in brotli: what it must not exceed, and what we aim at (docs/size.md says why they are
/// apart). The same source takes up to 100 bytes more or less with another version in it.
const CEILING: usize = 132_200;
const AIM: usize = 56_000;
/// What a page of level 2 transfers beside that.
const CAPTURE_CEILING: usize = 28_700;
/// The snippet stands in every page, uncompressed by us: below this many bytes.
const SNIPPET: usize = 1_000;

struct Row {
    name: &'static str,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Row {
    fn of(name: &'static str, bytes: &[u8]) -> Result<Self> {
        let (gzip, brotli) = (compress::gzip(bytes)?.len(), compress::brotli(bytes)?.len());
        Ok(Self { name, raw: bytes.len(), gzip, brotli })
    }

    fn print(&self) {
        println!("| {:<45} | {:>7} | {:>7} | {:>7} |", self.name, self.raw, self.gzip, self.brotli);
    }
}

pub fn run(project: &Project) -> Result<()> {
    let parts = build::build(project)?;
    let loader = ["--bundle", "--format=esm", "--external:waymark-bindings", "--alias:waymark-code=./www/wasm.js"];
    let loader = build::esbuild(project, &parts.loader_source, &loader)?;
    let bindings = build::esbuild(project, &parts.bindings, &["--bundle", "--format=esm"])?;

    let snippet = Row::of("snippet", &fs::read(&parts.snippet)?)?;
    let script = Row::of("waymark.js (these three in one file)", &fs::read(&parts.script)?)?;
    let total = Row {
        name: "transferred: snippet + waymark.js",
        raw: snippet.raw + script.raw,
        gzip: snippet.gzip + script.gzip,
        brotli: snippet.brotli + script.brotli,
    };
    println!("| {:<45} | {:>7} | {:>7} | {:>7} |", "part, in bytes", "raw", "gzip", "brotli");
    println!("|{:-<47}|{:->8}:|{:->8}:|{:->8}:|", "", "", "", "");
    snippet.print();
    Row::of("loader (minified alone)", loader.as_bytes())?.print();
    Row::of("bindings (minified alone)", bindings.as_bytes())?.print();
    Row::of("wasm", &fs::read(&parts.wasm)?)?.print();
    script.print();
    total.print();
    let capture = Row::of("capture.wasm (pages of level 2)", &fs::read(&parts.capture)?)?;
    capture.print();
    Row::of("waymark-compat.js (where wasm is refused)", &fs::read(&parts.compat)?)?.print();
    println!("{}", verdict(total.brotli, AIM, "aim"));
    println!("{}", verdict(total.brotli, CEILING, "ceiling"));
    judge(snippet.raw, total.brotli, capture.brotli)
}

fn verdict(bytes: usize, limit: usize, name: &str) -> String {
    match bytes.checked_sub(limit) {
        Some(above) if above > 0 => format!("{above} bytes above the {name} of {limit}"),
        _ => format!("{} bytes below the {name} of {limit}", limit - bytes),
    }
}

fn judge(snippet: usize, transferred: usize, capture: usize) -> Result<()> {
    if transferred > CEILING {
        bail!("too large by {} bytes: {transferred} in brotli, {CEILING} are allowed", transferred - CEILING);
    }
    if capture > CAPTURE_CEILING {
        bail!("capture.wasm is too large: {capture} bytes in brotli, {CAPTURE_CEILING} are allowed");
    }
    if snippet >= SNIPPET {
        bail!("the snippet is too large: {snippet} bytes, it must stay below {SNIPPET}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_ends_where_it_says() {
        assert!(judge(SNIPPET - 1, CEILING, CAPTURE_CEILING).is_ok());
        assert!(judge(SNIPPET, CEILING, 0).is_err());
        assert!(judge(0, 0, CAPTURE_CEILING + 1).is_err());
        let error = judge(SNIPPET - 1, CEILING + 7, 0).unwrap_err().to_string();
        assert!(error.starts_with("too large by 7 bytes"), "{error}");
    }

    #[test]
    fn the_distance_to_the_aim_has_a_direction() {
        assert_eq!(verdict(56_010, AIM, "aim"), "10 bytes above the aim of 56000");
        assert_eq!(verdict(56_000, AIM, "aim"), "0 bytes below the aim of 56000");
        assert_eq!(verdict(55_000, AIM, "aim"), "1000 bytes below the aim of 56000");
    }
}
