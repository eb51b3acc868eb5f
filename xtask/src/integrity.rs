//! `target/dist/integrity.json`: the SHA-384 of every file of the build, as browsers write it in `integrity`. By it two
//! builds can be compared, and a page can pin the file that it loads.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha384};

/// Name of the file.
pub const FILE: &str = "integrity.json";

/// The hash of a file's bytes, such as `sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb`.
pub fn of(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}

/// Writes the hashes of all other files of `dist`, by their paths in it.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(dist: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(&hashes(dist)?)?;
    text.push('\n');
    fs::write(dist.join(FILE), text).with_context(|| format!("could not write {FILE}"))
}

/// The hashes of all files of a build but `integrity.json`, by their paths.
///
/// # Errors
/// A file cannot be read.
pub fn hashes(dist: &Path) -> Result<BTreeMap<String, String>> {
    let mut hashes = BTreeMap::new();
    let mut folders = vec![dist.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
            if name != FILE {
                hashes.insert(name, of(&fs::read(&path)?));
            }
        }
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_browsers_read_it() {
        // The example of the specification of Subresource Integrity.
        let known = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
        assert_eq!(of(b"alert('Hello, world.');"), known);
    }

    #[test]
    fn every_file_has_its_hash_but_the_list_itself() {
        let dist = std::env::temp_dir().join(format!("waymark-integrity-{}", std::process::id()));
        fs::create_dir_all(dist.join("adapters")).unwrap();
        for name in ["waymark.js", "adapters/driver.js"] {
            fs::write(dist.join(name), name).unwrap();
        }
        for _ in 0..2 {
            write(&dist).unwrap();
        }
        let list: BTreeMap<String, String> =
            serde_json::from_str(&fs::read_to_string(dist.join(FILE)).unwrap()).unwrap();
        assert_eq!(list.keys().collect::<Vec<_>>(), ["adapters/driver.js", "waymark.js"]);
        assert_eq!(list["waymark.js"], of(b"waymark.js"));
        fs::remove_dir_all(&dist).unwrap();
    }
}
