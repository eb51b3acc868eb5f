//! What became of marks: each is stored once, or missing; and what the collector was told of the missing ones.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use support::world::kind;

/// What a run's marks came to.
#[derive(Debug, Default)]
pub struct Tally {
    pub made: u32,
    pub stored: u32,
    pub missing: Vec<u32>,
    /// Marks that are stored more than once.
    pub twice: u32,
    /// Events that reached the collector again.
    pub duplicates: u64,
    /// Events that were declared lost, by reason.
    pub lost: BTreeMap<String, u64>,
    /// Events of which the collector knows that they were made and not what became of them; none where it tells
    /// nothing.
    pub unexplained: Option<u64>,
    /// Events that are accounted for more than once.
    pub surplus: u64,
}

impl Tally {
    pub fn of(run: &str, made: u32, events: &[Value]) -> Self {
        let is_of_the_run = |event: &&Value| kind(event) == "mark" && event["data"]["run"] == run;
        let numbers = events.iter().filter(is_of_the_run).filter_map(|event| event["data"]["n"].as_u64());
        let (mut seen, mut twice) = (HashSet::new(), 0);
        for number in numbers {
            twice += u32::from(!seen.insert(number as u32));
        }
        let missing: Vec<u32> = (0..made).filter(|number| !seen.contains(number)).collect();
        Self { made, stored: seen.len() as u32, missing, twice, ..Self::default() }
    }

    /// Takes the answer of the collector's audit.
    pub fn explain(&mut self, audit: Option<&[Value]>) {
        for day in audit.unwrap_or_default() {
            for (reason, count) in day["lost"].as_object().into_iter().flatten() {
                *self.lost.entry(reason.clone()).or_default() += count.as_u64().unwrap_or(0);
            }
        }
        let surplus = |day: &Value| day["surplus"].as_u64();
        self.surplus = audit.unwrap_or_default().iter().filter_map(surplus).sum();
        self.unexplained = audit.map(|days| days.iter().filter_map(|day| day["missing"].as_u64()).sum());
    }

    /// The marks of several runs together.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.stored += other.stored;
        self.missing.extend(other.missing);
        self.twice += other.twice;
    }

    /// Takes from `total` what is counted for all runs together.
    pub fn take_totals(&mut self, total: Self) {
        let Self { made, stored, missing, twice, .. } = std::mem::take(self);
        *self = Self { made, stored, missing, twice, ..total };
    }

    pub fn declared(&self) -> u64 {
        self.lost.values().sum()
    }

    /// As a line of the results has it.
    pub fn members(&self) -> Value {
        json!({
            "made": self.made,
            "stored": self.stored,
            "twice": self.twice,
            "duplicates": self.duplicates,
            "lost": self.lost,
            "unexplained": self.unexplained,
            "surplus": self.surplus,
        })
    }
}
