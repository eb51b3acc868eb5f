//! The three browser engines that the recorder is tested in, and the programs that each takes.

use std::path::PathBuf;

use crate::process;
use crate::project::Project;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Chromium,
    Firefox,
    Webkit,
}

/// A program, by the names it goes under, and the Debian package that brings it. A name may be a whole path: what is
/// for administrators is not on everybody's PATH.
pub struct Program {
    pub names: &'static [&'static str],
    pub package: &'static str,
}

const fn program(names: &'static [&'static str], package: &'static str) -> Program {
    Program { names, package }
}

/// What wasm-bindgen's test runner and the whole-system tests read the drivers' paths from.
pub const DRIVER_VARIABLES: [&str; 3] = ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER"];

impl Engine {
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// What apt has to bring. geckodriver is not in Debian; `tools` installs it.
    pub fn programs(self) -> &'static [Program] {
        const CHROMIUM: &[Program] = &[
            program(&["chromium", "chromium-browser", "google-chrome"], "chromium"),
            program(&["chromedriver"], "chromium-driver"),
        ];
        const FIREFOX: &[Program] = &[program(&["firefox-esr", "firefox"], "firefox-esr")];
        // WebKitGTK has no headless mode.
        const WEBKIT: &[Program] = &[program(&["WebKitWebDriver"], "webkit2gtk-driver"), program(&["Xvfb"], "xvfb")];
        match self {
            Self::Chromium => CHROMIUM,
            Self::Firefox => FIREFOX,
            Self::Webkit => WEBKIT,
        }
    }

    /// The variable that tells where the driver is; it also tells wasm-bindgen's runner which engine is meant. WebKit
    /// goes by Safari's: the two speak the same protocol.
    pub fn driver_variable(self) -> &'static str {
        match self {
            Self::Chromium => DRIVER_VARIABLES[0],
            Self::Firefox => DRIVER_VARIABLES[1],
            Self::Webkit => DRIVER_VARIABLES[2],
        }
    }

    pub fn driver(self, project: &Project) -> Option<PathBuf> {
        let variable = std::env::var_os(self.driver_variable()).map(PathBuf::from);
        let name = match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::Webkit => "WebKitWebDriver",
        };
        let own = project.tools().join("bin").join(name);
        variable
            .filter(|path| path.is_file())
            .or_else(|| Some(own).filter(|path| path.is_file()))
            .or_else(|| process::find(&[name]))
    }
}
