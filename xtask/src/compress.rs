//! The two encodings that the collector serves scripts in, at their strongest.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// The encoder guesses what the bytes are, or is told; which serves best only trying tells.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    use brotli::enc::BrotliEncoderParams as Params;
    use brotli::enc::backward_references::BrotliEncoderMode as Mode;
    let mut smallest: Option<Vec<u8>> = None;
    for mode in [Mode::BROTLI_MODE_GENERIC, Mode::BROTLI_MODE_TEXT, Mode::BROTLI_MODE_FONT] {
        let params = Params { mode, quality: 11, lgwin: 22, size_hint: bytes.len(), ..Params::default() };
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
        if smallest.as_ref().is_none_or(|smallest| compressed.len() < smallest.len()) {
            smallest = Some(compressed);
        }
    }
    smallest.context("no encoding was tried")
}

/// `waymark.js` → `waymark.js.br`
pub fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes `path`.br and `path`.gz.
pub fn siblings(path: &Path) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    std::fs::write(sibling(path, ".br"), brotli(&bytes)?)?;
    std::fs::write(sibling(path, ".gz"), gzip(&bytes)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back_whole() {
        let text = "the same words, the same words, the same words".repeat(20);
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut brotli(text.as_bytes()).unwrap().as_slice(), &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());

        let mut plain = String::new();
        let gzipped = gzip(text.as_bytes()).unwrap();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(gzipped.as_slice()), &mut plain).unwrap();
        assert_eq!(plain, text);
    }
}
