//! `cargo xtask test`: everything that must hold, step by step, in one summary.

mod plan;
mod results;
mod step;

use std::process::ExitCode;

use anyhow::Result;

use crate::project::Project;
use plan::Plan;
use step::Steps;

pub fn run(project: &Project, words: &[&str]) -> Result<ExitCode> {
    let plan = Plan::read(words)?;
    let mut steps = Steps::new(project, plan.is_verbose);
    plan.run(project, &mut steps);
    Ok(if steps.summary() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
