//! The three engines: where their drivers are and what a session asks of them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// A browser engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK, by WebKitWebDriver.
    Webkit,
}

impl Engine {
    /// The driver: named by the variable that `cargo xtask test` sets, in target/tools, or on the PATH.
    pub fn driver(self) -> PathBuf {
        let (variable, name) = match self {
            Self::Chromium => ("CHROMEDRIVER", "chromedriver"),
            Self::Firefox => ("GECKODRIVER", "geckodriver"),
            Self::Webkit => ("SAFARIDRIVER", "WebKitWebDriver"),
        };
        let own = crate::project().join("target/tools/bin").join(name);
        let named = std::env::var_os(variable).map(PathBuf::from);
        named.into_iter().chain([own]).find(|path| path.is_file()).unwrap_or_else(|| name.into())
    }

    /// `folder` is this session's own. What a `profile` keeps outlives the session, but for WebKitGTK: a browser that
    /// it drives keeps nothing.
    pub fn capabilities(self, folder: &Path, profile: Option<&Path>) -> Map<String, Value> {
        let own = folder.join("profile");
        let capabilities = match self {
            Self::Chromium => json!({ "browserName": "chrome", "goog:chromeOptions": { "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,900",
                format!("--user-data-dir={}", profile.unwrap_or(&own).display()),
            ] } }),
            Self::Firefox => {
                let mut args = vec!["-headless", "--width=1280", "--height=900"];
                let profile = profile.map(|path| path.display().to_string());
                args.extend(profile.iter().flat_map(|path| ["-profile", path]));
                json!({ "browserName": "firefox", "moz:firefoxOptions": { "args": args, "binary": firefox(folder) } })
            }
            Self::Webkit => json!({}),
        };
        match capabilities {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// geckodriver has Firefox end when one of its pages does; this one does not.
fn firefox(folder: &Path) -> PathBuf {
    const PROGRAM: &str = "#!/bin/sh
unset MOZ_CRASHREPORTER_SHUTDOWN
exec \"$(command -v firefox-esr || command -v firefox)\" \"$@\"
";
    let path = folder.join("firefox");
    std::fs::write(&path, PROGRAM).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
