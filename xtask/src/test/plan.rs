//! Which steps a command line asks for, and what each of them runs.

use std::process::Command;

use anyhow::{Result, bail};

use super::step::Steps;
use crate::engine::Engine;
use crate::project::Project;
use crate::session::Session;
use crate::{
    brokers, build, cargo, clickhouse, declarations, dist, examples, faults, npm, packages, reproduce, size, tools,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Lint,
    Native,
    Cluster,
    Size,
    Browser,
    Pages,
    Faults,
}

impl Part {
    const ALL: [Self; 7] =
        [Self::Lint, Self::Native, Self::Cluster, Self::Size, Self::Browser, Self::Pages, Self::Faults];
}

#[derive(PartialEq, Eq, Debug)]
pub struct Plan {
    parts: Vec<Part>,
    engines: Vec<Engine>,
    pub is_verbose: bool,
}

impl Plan {
    /// Reads `[part] [engine] [-v]`; nothing means everything.
    pub fn read(words: &[&str]) -> Result<Self> {
        let mut plan = Self { parts: Vec::new(), engines: Vec::new(), is_verbose: false };
        for word in words {
            match *word {
                "-v" | "--verbose" => plan.is_verbose = true,
                "lint" => plan.parts.push(Part::Lint),
                "native" => plan.parts.push(Part::Native),
                "cluster" => plan.parts.push(Part::Cluster),
                "size" => plan.parts.push(Part::Size),
                "browser" => plan.parts.push(Part::Browser),
                "pages" => plan.parts.push(Part::Pages),
                "faults" => plan.parts.push(Part::Faults),
                word => match Engine::named(word) {
                    Some(engine) => plan.engines.push(engine),
                    None => bail!(
                        "`{word}` is no part and no engine: the parts are lint, native, cluster, size, browser, \
                         pages, faults; the engines chromium, firefox, webkit"
                    ),
                },
            }
        }
        if plan.parts.is_empty() {
            plan.parts = match plan.engines.is_empty() {
                true => Part::ALL.to_vec(),
                false => vec![Part::Browser, Part::Pages, Part::Faults],
            };
        }
        if plan.engines.is_empty() {
            plan.engines = Engine::ALL.to_vec();
        }
        Ok(plan)
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    pub fn run(&self, project: &Project, steps: &mut Steps) {
        steps.own("setup", || self.set_up(project));
        if self.has(Part::Lint) {
            steps.cargo("format", &["fmt", "--all", "--check"]);
            steps.cargo("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
            let edge = ["--package", "waymark", "--lib", "--test", "browser", "--", "-D", "warnings"];
            steps.cargo("clippy for wasm", &[["clippy", "--target", cargo::WASM].as_slice(), &edge].concat());
        }
        if self.has(Part::Native) {
            steps.cargo("native tests", &["test", "--workspace"]);
            let mut scripts = Command::new("node");
            scripts.current_dir(project.root()).args([
                "--test",
                "www/adapters/driver.test.js",
                "www/adapters/import.test.js",
                "www/npm/index.test.js",
                "www/npm/testing.test.js",
            ]);
            steps.command("tests of scripts", &mut scripts);
            // Each adapter's declarations beside those of its library.
            let mut types = Command::new(project.node_modules().join(".bin").join("tsc"));
            types.current_dir(project.root()).args(["--project", "www/adapters/types"]);
            steps.command("types of adapters", &mut types);
        }
        if self.has(Part::Cluster) {
            cluster(project, steps);
        }
        if self.has(Part::Lint) {
            let mut doc = cargo::cargo(project, &["doc", "--workspace", "--no-deps"]);
            steps.command("documentation", doc.env("RUSTDOCFLAGS", "-D warnings"));
        }
        if self.has(Part::Size) {
            steps.own("build and size", || size::run(project));
        } else if self.has(Part::Pages) || self.has(Part::Faults) {
            steps.own("build", || build::run(project));
        }
        if [Part::Size, Part::Pages, Part::Faults].iter().any(|part| self.has(*part)) {
            steps.own("declarations", || declarations::check(project));
        }
        if self.has(Part::Size) {
            steps.own("archive", || dist::check(project));
            steps.own("same build twice", || reproduce::run(project));
        }
        if self.has(Part::Browser) {
            let arguments = ["test", "--target", cargo::WASM, "--package", "waymark", "--test", "browser"];
            for engine in &self.engines {
                in_browser(project, steps, "browser edge", *engine, &arguments);
            }
        }
        if self.has(Part::Pages) {
            if self.engines.contains(&Engine::Chromium) {
                steps.own("examples", || examples::run(project));
            }
            for engine in &self.engines {
                // The whole workspace, so that cargo builds the dependencies as the native tests did.
                let filter = format!("{}::", engine.name());
                let arguments = ["test", "--workspace", "--test", "pages", "--", "--ignored", &filter];
                in_browser(project, steps, "whole system", *engine, &arguments);
            }
        }
        if self.has(Part::Faults) {
            steps.cargo("build of the collector", &faults::BUILD);
            for engine in &self.engines {
                let arguments = faults::quick(*engine);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                in_browser(project, steps, "faults", *engine, &arguments);
            }
        }
    }

    fn set_up(&self, project: &Project) -> Result<()> {
        cargo::ensure_wasm_target()?;
        npm::ensure_packages(project)?;
        if [Part::Browser, Part::Pages, Part::Faults].iter().any(|part| self.has(*part)) {
            packages::ensure(self.engines.iter().flat_map(|engine| engine.programs()))?;
            if self.engines.contains(&Engine::Firefox) && Engine::Firefox.driver(project).is_none() {
                tools::geckodriver().ensure(project)?;
            }
        }
        if self.has(Part::Cluster) {
            packages::ensure(&brokers::PROGRAMS)?;
            brokers::ensure(project)?;
            clickhouse::ensure(project)?;
        }
        if self.has(Part::Browser) {
            tools::test_runner(project)?.ensure(project)?;
        }
        Ok(())
    }
}

/// The collector with the feature `kafka`, and its tests on real brokers and on ClickHouse. The whole workspace, so that cargo builds the
/// dependencies as the native tests did.
fn cluster(project: &Project, steps: &mut Steps) {
    const FEATURE: [&str; 3] = ["--workspace", "--features", "waymark-collector/kafka"];
    let clippy = [["clippy"].as_slice(), &FEATURE, &["--all-targets", "--", "-D", "warnings"]].concat();
    steps.cargo("clippy with Kafka", &clippy);
    let door = [["build"].as_slice(), &FEATURE, &["--bin", "clickhouse-door"]].concat();
    steps.cargo("build of the door to ClickHouse", &door);
    // Insights are asked of ClickHouse too, where there is one.
    let engines = ["--lib", "--test", "collector", "--", "--include-ignored", "kafka", "clickhouse", "insights::"];
    let server = clickhouse::server(project);
    let without: &[&str] =
        if server.is_some() { &[] } else { &["--skip", "clickhouse::wire", "--skip", "old_clickhouse"] };
    let mut test = cargo::cargo(project, &[["test"].as_slice(), &FEATURE, &engines, without].concat());
    test.envs(server.map(|server| ("CLICKHOUSE_SERVER", server)));
    test.env("TANSU", brokers::tansu(project)).env("KAFKA_JARS", brokers::jars(project));
    test.env("CLICKHOUSE_DOOR", clickhouse::door(project)).env("CHDB_LIBRARY", clickhouse::library(project));
    steps.command("cluster", &mut test);
}

fn in_browser(project: &Project, steps: &mut Steps, name: &str, engine: Engine, arguments: &[&str]) {
    let name = format!("{name} in {}", engine.name());
    match Session::open(project, engine, arguments) {
        Ok(mut session) => steps.command(&name, &mut session.command),
        Err(error) => steps.own(&name, || Err(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_mean_everything() {
        let plan = Plan::read(&[]).unwrap();
        assert_eq!(plan.parts, Part::ALL);
        assert_eq!(plan.engines, Engine::ALL);
        assert!(!plan.is_verbose);
    }

    #[test]
    fn an_engine_alone_means_its_browser_tests() {
        let plan = Plan::read(&["firefox", "-v"]).unwrap();
        assert_eq!(plan.parts, [Part::Browser, Part::Pages, Part::Faults]);
        assert_eq!(plan.engines, [Engine::Firefox]);
        assert!(plan.is_verbose);
    }

    #[test]
    fn a_part_may_name_its_engine() {
        let plan = Plan::read(&["pages", "webkit"]).unwrap();
        assert_eq!(plan.parts, [Part::Pages]);
        assert_eq!(plan.engines, [Engine::Webkit]);
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = Plan::read(&["opera"]).unwrap_err().to_string();
        assert!(error.contains("`opera`") && error.contains("webkit"), "{error}");
    }
}
