//! The figures of the server, for people.

use std::process::Command;

use anyhow::Result;

use super::load::Sent;
use crate::process;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Collector,
    Sqlite,
    Nginx,
}

/// One measurement.
#[derive(Clone, Copy)]
pub struct Measured {
    /// Events a second.
    pub rate: f64,
    /// CPU time of an event, in µs.
    pub cpu: f64,
    /// How many cores that kept busy.
    pub cores: f64,
    /// The most memory, in MB.
    pub peak: f64,
    /// Median and 99th percentile of the time until an answer, in ms.
    pub answers: Option<(f64, f64)>,
    /// How many batches a transaction had.
    pub grouped: Option<f64>,
}

pub struct Row {
    pub events: usize,
    pub who: Who,
    pub measured: Measured,
}

pub struct Flood {
    pub connections: usize,
    pub seconds: u32,
    pub events: usize,
    pub sent: Sent,
    /// The most memory until each second, in MB.
    pub peaks: Vec<f64>,
}

impl Who {
    /// In the order in which they are measured: SQLite takes the collector's rows.
    pub const ALL: [Who; 3] = [Who::Collector, Who::Sqlite, Who::Nginx];

    pub fn name(self) -> &'static str {
        match self {
            Who::Collector => "collector",
            Who::Sqlite => "sqlite",
            Who::Nginx => "nginx",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Who::Collector => "**the collector**, on disk",
            Who::Sqlite => "SQLite alone, the same rows, on disk",
            Who::Nginx => "nginx, 204 to the same bodies",
        }
    }
}

pub fn text(rows: &[Row], connections: usize, flood: &Flood) -> Result<String> {
    let mut text = format!(
        "{}; {connections} connections, medians of the rounds.\n\n\
         | events of a batch | | events/s | answered in, p50 / p99 | CPU an event | events a second of CPU | cores | batches a commit | peak memory |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        machine()?
    );
    let mut sizes: Vec<usize> = rows.iter().map(|row| row.events).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut ratios = Vec::new();
    for events in sizes {
        let of = |who| middle(rows.iter().filter(|row| row.events == events && row.who == who).map(|row| row.measured));
        for who in Who::ALL {
            text += &line(events, who, &of(who));
        }
        let (ours, sqlite, nginx) = (of(Who::Collector), of(Who::Sqlite), of(Who::Nginx));
        let slower = sqlite.cpu.max(nginx.cpu);
        ratios.push(format!(
            "- batches of {events}: {:.2} times the CPU of the slower bound, {:.1} times that of nginx, at {:.2} of the\n  rate \
             of SQLite alone\n",
            ours.cpu / slower,
            ours.cpu / nginx.cpu,
            ours.rate / sqlite.rate,
        ));
    }
    text += &format!("\nWhat an event costs, in\n\n{}\n{}", ratios.concat(), flooded(flood));
    Ok(text)
}

fn line(events: usize, who: Who, measured: &Measured) -> String {
    let Measured { rate, cpu, cores, peak, answers, grouped } = measured;
    let answers = answers.map_or("–".to_owned(), |(p50, p99)| format!("{p50:.1} / {p99:.1} ms"));
    let grouped = grouped.map_or("–".to_owned(), |grouped| format!("{grouped:.0}"));
    let (rate, per_core) = (thousands(*rate), thousands(1e6 / cpu));
    format!(
        "| {events} | {} | {rate} | {answers} | {cpu:.1} µs | {per_core} | {cores:.2} | {grouped} | {peak:.0} MB |\n",
        who.words()
    )
}

fn flooded(flood: &Flood) -> String {
    let Flood { connections, seconds, events, sent, peaks } = flood;
    let quarter = |part: usize| peaks.get((peaks.len() * part / 4).saturating_sub(1)).copied().unwrap_or_default();
    let peaks = [1, 2, 3, 4].map(|part| format!("{:.0}", quarter(part)));
    let taken = sent.requests - sent.refused;
    format!(
        "A flood: {connections} connections send batches of {events} for {seconds} s and ignore `Retry-After`.\n\n\
         - {} events/s were acknowledged and stored; {} batches were answered 503; {} connections broke\n\
         - peak memory after each quarter of the time: {} MB\n",
        thousands((taken * *events as u64) as f64 / sent.seconds),
        sent.refused,
        sent.broken,
        peaks.join(", "),
    )
}

/// Of each figure its own median.
fn middle(of: impl Iterator<Item = Measured>) -> Measured {
    let all: Vec<Measured> = of.collect();
    let median = |figure: &dyn Fn(&Measured) -> f64| {
        let mut figures: Vec<f64> = all.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let first = all.first();
    Measured {
        rate: median(&|measured| measured.rate),
        cpu: median(&|measured| measured.cpu),
        cores: median(&|measured| measured.cores),
        peak: median(&|measured| measured.peak),
        answers: first.and_then(|first| first.answers).map(|_| {
            let answer = |part: fn((f64, f64)) -> f64| median(&|measured| measured.answers.map_or(f64::NAN, part));
            (answer(|(p50, _)| p50), answer(|(_, p99)| p99))
        }),
        grouped: first
            .and_then(|first| first.grouped)
            .map(|_| median(&|measured| measured.grouped.unwrap_or(f64::NAN))),
    }
}

fn machine() -> Result<String> {
    let date = process::output(Command::new("date").arg("+%F"))?;
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let cores = std::thread::available_parallelism()?;
    Ok(format!("Of {date}, {cores} cores of {}, which the load has too", cpu.unwrap_or("a CPU without a name")))
}

/// `12,345`, rounded to what such a measurement is worth.
fn thousands(number: f64) -> String {
    let digits = number.max(1.0).log10().floor() as i32;
    let unit = 10_f64.powi((digits - 2).max(0));
    let number = ((number / unit).round() * unit) as u64;
    let text = number.to_string();
    let mut out = String::new();
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && (text.len() - at).is_multiple_of(3) {
            out.push_str(",");
        }
        out.push_str(digit.encode_utf8(&mut [0; 4]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_own_median() {
        let measured =
            |rate, cpu| Measured { rate, cpu, cores: 1.0, peak: 9.0, answers: Some((1.0, cpu)), grouped: None };
        let middle = middle([measured(1.0, 9.0), measured(3.0, 7.0), measured(2.0, 8.0)].into_iter());
        assert_eq!((middle.rate, middle.cpu, middle.answers, middle.grouped), (2.0, 8.0, Some((1.0, 8.0)), None));
    }

    #[test]
    fn a_number_has_three_digits_that_mean_something() {
        assert_eq!([7.4, 999.4, 12_345.0, 1_234_567.0].map(thousands), ["7", "999", "12,300", "1,230,000"]);
    }
}
