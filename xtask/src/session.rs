//! Cargo commands that test in one browser engine: with its driver named, and a display where it needs one.

use std::process::Command;

use anyhow::Result;

use crate::cargo;
use crate::engine::{DRIVER_VARIABLES, Engine};
use crate::project::Project;
use crate::xvfb::Xvfb;

pub struct Session {
    pub command: Command,
    // It ends with the value.
    _display: Option<Xvfb>,
}

impl Session {
    pub fn open(project: &Project, engine: Engine, arguments: &[&str]) -> Result<Self> {
        let mut command = cargo::cargo(project, arguments);
        aim_at(project, engine, &mut command);
        let display = match engine {
            Engine::Webkit => Some(Xvfb::start()?),
            Engine::Chromium | Engine::Firefox => None,
        };
        if let Some(xvfb) = &display {
            command.env("DISPLAY", xvfb.display());
        }
        Ok(Self { command, _display: display })
    }
}

/// Names one driver: the runner takes the first that it sees.
fn aim_at(project: &Project, engine: Engine, command: &mut Command) {
    for variable in DRIVER_VARIABLES {
        command.env_remove(variable);
    }
    if let Some(driver) = engine.driver(project) {
        command.env(engine.driver_variable(), driver);
    }
    // A failed test says where it failed; the way there leads thru the runtime.
    command.env("RUST_BACKTRACE", "0");
    // Its 20 seconds are short for a browser that starts on a busy machine.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
}
