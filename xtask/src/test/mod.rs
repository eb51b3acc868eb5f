//! `cargo xtask test`: everything that must hold, step by step, in one summary.

mod plan;
mod results;
mod step;

use anyhow::{Result, bail};

use crate::project::Project;
use plan::Plan;
use step::Steps;

pub fn run(project: &Project, words: &[&str]) -> Result<()> {
    let plan = Plan::read(words)?;
    let mut steps = Steps::new(project, plan.is_verbose);
    plan.run(project, &mut steps);
    if !steps.summary() {
        bail!("something failed: see above");
    }
    Ok(())
}
