//! `cargo xtask bench insights [EVENTS]`: what facts cost beside the storing of events, and how long questions take.

use anyhow::Result;

use crate::project::Project;
use crate::{cargo, process};

pub fn run(project: &Project, events: &str) -> Result<()> {
    let words = ["bench", "--package", "waymark-collector", "--bench", "insights", "--", events];
    process::live(&mut cargo::cargo(project, &words))
}
