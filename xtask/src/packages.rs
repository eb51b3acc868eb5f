//! The browsers and what else is not ours, by Debian's and Ubuntu's apt.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::engine::Program;
use crate::process;

/// The packages of those programs that are not here.
pub fn missing<'p>(programs: impl IntoIterator<Item = &'p Program>) -> Vec<&'static str> {
    let programs = programs.into_iter();
    programs.filter(|program| process::find(program.names).is_none()).map(|program| program.package).collect()
}

/// The line a person would type to get them.
pub fn by_hand(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", packages.join(" "))
}

/// Installs what is missing of these programs, where that is allowed.
pub fn ensure<'p>(programs: impl IntoIterator<Item = &'p Program>) -> Result<()> {
    let packages = missing(programs);
    if packages.is_empty() {
        return Ok(());
    }
    let Some(apt_get) = apt_get() else {
        bail!("missing for the tests: {}; get them by `{}`", packages.join(", "), by_hand(&packages));
    };
    println!("installing {} by apt (a minute or two, once)", packages.join(", "));
    let install = |arguments: &[&str]| {
        let mut command = Command::new(apt_get[0]);
        command.args(&apt_get[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        process::quiet(&mut command)
    };
    install(&["update"]).context("apt-get could not read the lists of packages")?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(&packages);
    install(&arguments).with_context(|| format!("the tests need {}", packages.join(", ")))
}

/// How apt-get can be run without asking anyone: as root, or by a sudo that wants no password.
fn apt_get() -> Option<Vec<&'static str>> {
    process::find(&["apt-get"])?;
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|user| user == "0");
    if is_root {
        return Some(vec!["apt-get"]);
    }
    process::output(Command::new("sudo").args(["-n", "true"])).ok()?;
    Some(vec!["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
}
