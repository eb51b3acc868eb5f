//! Figures about the collector's own work, counted where it happens and told at `GET /metrics` as Prometheus reads them.

mod histogram;
mod text;

use self::histogram::Histogram;
use self::text::Text;
use crate::admin;
use crate::export::{failed, reading};
use crate::reject::Rejection;
use crate::router::{Shared, State};
use crate::store::{Audited, Figures};
use axum::extract;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What was counted since the start.
#[derive(Default)]
pub(crate) struct Metrics {
    /// By route and status.
    requests: Mutex<BTreeMap<String, BTreeMap<u16, u64>>>,
    request_bytes: AtomicU64,
    /// Requests that got no, by why.
    refused: Mutex<BTreeMap<&'static str, u64>>,
    stored: AtomicU64,
    duplicate: AtomicU64,
    /// Events that can never be stored, by why.
    rejected: Mutex<BTreeMap<&'static str, u64>>,
    stripped: AtomicU64,
    commits: Histogram,
    failures: AtomicU64,
    expiry_seen: AtomicU64,
    expiry_erased: AtomicU64,
    /// When the last pass ended, epoch ms; 0 where none has.
    expiry_ended: AtomicI64,
}

impl Metrics {
    pub(crate) fn request(&self, route: &str, status: u16, bytes: u64) {
        self.request_bytes.fetch_add(bytes, Ordering::Relaxed);
        let mut requests = lock(&self.requests);
        match requests.get_mut(route) {
            Some(statuses) => *statuses.entry(status).or_default() += 1,
            None => drop(requests.insert(route.to_owned(), BTreeMap::from([(status, 1)]))),
        }
    }

    pub(crate) fn refused(&self, why: &'static str) {
        *lock(&self.refused).entry(why).or_default() += 1;
    }

    pub(crate) fn batch<'a>(
        &self,
        stored: usize,
        duplicate: usize,
        stripped: u64,
        rejected: impl Iterator<Item = &'a str>,
    ) {
        self.stored.fetch_add(stored as u64, Ordering::Relaxed);
        self.duplicate.fetch_add(duplicate as u64, Ordering::Relaxed);
        self.stripped.fetch_add(stripped, Ordering::Relaxed);
        for why in rejected {
            *lock(&self.rejected).entry(reason(why)).or_default() += 1;
        }
    }

    pub(crate) fn commit(&self, took: Duration, good: bool) {
        self.commits.observe(took);
        self.failures.fetch_add(u64::from(!good), Ordering::Relaxed);
    }

    pub(crate) fn expired(&self, seen: usize, erased: usize) {
        self.expiry_seen.fetch_add(seen as u64, Ordering::Relaxed);
        self.expiry_erased.fetch_add(erased as u64, Ordering::Relaxed);
    }

    pub(crate) fn expiry_ended(&self, time: i64) {
        self.expiry_ended.store(time, Ordering::Relaxed);
    }

    fn write(&self, text: &mut Text) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        text.counter("waymark_requests_total", "Requests answered, by route and status.");
        for (route, statuses) in lock(&self.requests).iter() {
            for (status, requests) in statuses {
                text.sample(&[("route", route), ("status", &status.to_string())], *requests as f64);
            }
        }
        text.counter("waymark_request_bytes_total", "Bytes of requests' bodies, as they declared them.");
        text.sample(&[], count(&self.request_bytes));
        text.counter("waymark_refusals_total", "Requests that got no, by why.");
        lock(&self.refused).iter().for_each(|(why, refused)| text.sample(&[("reason", why)], *refused as f64));
        text.counter("waymark_events_total", "Events of batches that were answered, by what became of them.");
        text.sample(&[("outcome", "stored"), ("reason", "")], count(&self.stored));
        text.sample(&[("outcome", "duplicate"), ("reason", "")], count(&self.duplicate));
        for (why, rejected) in lock(&self.rejected).iter() {
            text.sample(&[("outcome", "rejected"), ("reason", why)], *rejected as f64);
        }
        text.counter(
            "waymark_stripped_total",
            "Fields and events that were left out because a site does not collect them.",
        );
        text.sample(&[], count(&self.stripped));
        text.histogram("waymark_commit_seconds", "How long the store took for each commit of events.");
        self.commits.write(text);
        text.counter("waymark_commit_failures_total", "Commits of events that failed.");
        text.sample(&[], count(&self.failures));
        text.counter("waymark_retention_seen_total", "Events that were looked at for whether they are too old.");
        text.sample(&[], count(&self.expiry_seen));
        text.counter("waymark_retention_erased_total", "Events that were erased because they were too old.");
        text.sample(&[], count(&self.expiry_erased));
        text.gauge(
            "waymark_retention_last_pass_seconds",
            "When all that was too old was last erased, epoch seconds; 0 if never.",
        );
        text.sample(&[], self.expiry_ended.load(Ordering::Relaxed) as f64 / 1_000.0);
    }
}

/// Why an event was rejected, in one of few words.
fn reason(why: &str) -> &'static str {
    let begins = |text: &str| why.starts_with(text);
    match () {
        () if begins("the site collects") => "level",
        () if begins("it is over") => "size",
        () if begins("data") => "data",
        () if begins("time") => "time",
        () if begins("type") => "type",
        () if begins("context") || begins("the first context") || begins("in is") => "context",
        () => "unreadable",
    }
}

pub(crate) async fn get(
    extract::State(shared): extract::State<Shared>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    admin::allow(&shared.rules.get().admin, &headers, None)?;
    let audited = reading(&shared.store, |store| store.audit(&Default::default())).await.map_err(failed)?;
    let mut text = Text::default();
    shared.metrics.write(&mut text);
    now(&shared, &mut text);
    audit(&audited, &mut text);
    let headers = [(header::CONTENT_TYPE, text::KIND), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text.finish()))
}

/// What is so at this moment.
fn now(shared: &State, text: &mut Text) {
    let (jobs, bytes) = shared.writer.waiting();
    text.gauge("waymark_queue_jobs", "Batches and requests that wait to be written.");
    text.sample(&[], jobs as f64);
    text.gauge("waymark_queue_bytes", "Bytes that wait to be written.");
    text.sample(&[], bytes as f64);
    text.gauge("waymark_queue_limit_bytes", "How many bytes may wait to be written.");
    text.sample(&[], shared.rules.get().limits.queue_bytes as f64);
    if let Some(disk) = &shared.disk {
        text.gauge("waymark_store_bytes", "How long the store's files are.");
        for (file, bytes) in disk.sizes() {
            text.sample(&[("file", file)], bytes as f64);
        }
        if let Ok(free) = disk.free() {
            text.gauge("waymark_disk_free_bytes", "What is free on the store's disk.");
            text.sample(&[], free as f64);
        }
    }
    if let Some(log) = &shared.security {
        text.counter("waymark_security_log_dropped_total", "Lines of the security log that found no room.");
        text.sample(&[], log.dropped() as f64);
    }
    if let Some(built) = shared.geo.built() {
        text.gauge("waymark_geoip_built_seconds", "When the database of places was made, epoch seconds.");
        text.sample(&[], built as f64);
    }
    let (taken, refused) = shared.readings.counts();
    text.counter(
        "waymark_configuration_readings_total",
        "How often the configuration was read again, by what came of it.",
    );
    text.sample(&[("outcome", "in force")], taken as f64);
    text.sample(&[("outcome", "wrong")], refused as f64);
    text.gauge("waymark_site_retention_days", "For how many days each site keeps its events; 0 is for ever.");
    for (site, days) in shared.rules.get().sites.kept() {
        text.sample(&[("site", &site)], f64::from(days));
    }
    text.gauge("waymark_build_info", "The collector's version.");
    text.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
}

/// The audit's sums of each site. They can fall, as `missing` does when what was late arrives.
fn audit(audited: &[Audited], text: &mut Text) {
    let mut sites = BTreeMap::<&str, Figures>::new();
    for Audited { site, figures, .. } in audited {
        let sum = sites.entry(site).or_default();
        *sum = sum.plus(figures);
    }
    type Column = (&'static str, &'static str, fn(&Figures) -> u64);
    let columns: [Column; 6] = [
        ("waymark_audit_tabs", "Tabs heard of.", |figures| figures.tabs),
        ("waymark_audit_created", "Events that tabs have recorded.", |figures| figures.created),
        ("waymark_audit_stored", "Events of them that were stored.", |figures| figures.stored),
        ("waymark_audit_duplicate", "Events of them that came again.", |figures| figures.duplicate),
        ("waymark_audit_missing", "Events of them neither stored nor declared as lost.", |figures| figures.missing),
        ("waymark_audit_surplus", "Events stored or declared as lost beyond those.", |figures| figures.surplus),
    ];
    for (name, help, column) in columns {
        text.gauge(name, help);
        sites.iter().for_each(|(site, figures)| text.sample(&[("site", site)], column(figures) as f64));
    }
    text.gauge("waymark_audit_lost", "Events that tabs have declared as lost, by reason.");
    for (site, figures) in sites {
        for (reason, lost) in BTreeMap::from(figures.lost) {
            text.sample(&[("site", site), ("reason", reason)], lost as f64);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
