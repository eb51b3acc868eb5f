//! `GET /metrics`: metrics in Prometheus' text format.

use crate::app;
use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::auth::AdminAccess;
use crate::http::response::failed;
use crate::sinks::SinkStatus;
use crate::store::blocking::reading;
use crate::store::{AuditCounts, AuditRow, Store, StoreError};
use crate::telemetry::metrics::exposition::{KIND, Text};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) async fn get(State(shared): State<SharedState>, _: AdminAccess) -> Result<impl IntoResponse, Rejection> {
    let audited = match reading(&shared.store, |store| store.audit(&Default::default())).await {
        // What a collector without a store of its own does is told all the same.
        Err(error) if shared.writer.is_to_log() => {
            tracing::warn!(%error, "the audit is not among the metrics");
            Vec::new()
        }
        audited => audited.map_err(failed)?,
    };
    let mut text = Text::default();
    shared.metrics.write(&mut text);
    now(&shared, &mut text);
    let statuses = shared.sinks.clone();
    let behind = reading(&shared.store, move |store| Behind::of_all(&statuses, store)).await.map_err(failed)?;
    sinks(&shared.sinks, &behind, &mut text);
    audit(&audited, &mut text);
    let headers = [(header::CONTENT_TYPE, KIND), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text.finish()))
}

/// Gauges.
fn now(shared: &app::AppState, text: &mut Text) {
    let (jobs, bytes) = shared.writer.waiting();
    text.gauge("waymark_queue_jobs", "Batches and requests that wait to be written.");
    text.sample(&[], jobs as f64);
    text.gauge("waymark_queue_bytes", "Bytes that wait to be written.");
    text.sample(&[], bytes as f64);
    text.gauge("waymark_queue_limit_bytes", "How many bytes may wait to be written.");
    text.sample(&[], shared.config.get().limits.queue_bytes as f64);
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
    if let Some(log) = &shared.security_log {
        text.counter("waymark_security_log_dropped_total", "Lines of the security log that found no room.");
        text.sample(&[], log.dropped() as f64);
    }
    if let Some(built) = shared.geoip.built() {
        text.gauge("waymark_geoip_built_seconds", "When the database of places was made, epoch seconds.");
        text.sample(&[], built as f64);
    }
    let (taken, refused) = shared.reload_counts.counts();
    text.counter(
        "waymark_configuration_readings_total",
        "How often the configuration was read again, by what came of it.",
    );
    text.sample(&[("outcome", "in force")], taken as f64);
    text.sample(&[("outcome", "wrong")], refused as f64);
    text.gauge("waymark_site_retention_days", "For how many days each site keeps its events; 0 is for ever.");
    for (site, days) in shared.config.get().sites.retention_days() {
        text.sample(&[("site", &site)], f64::from(days));
    }
    text.gauge("waymark_build_info", "The collector's version.");
    text.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
}

/// What a sink does not have yet.
struct Behind {
    /// Positions, an upper bound of the events.
    positions: u64,
    /// Notices of erasures.
    erasures: u64,
}

impl Behind {
    fn of_all(sinks: &[SinkStatus], store: &dyn Store) -> Result<Vec<Self>, StoreError> {
        let of = |sink: &SinkStatus| {
            let cursor = store.cursor(&sink.name)?;
            let positions = store.last_position()?.since(cursor);
            Ok(Behind { positions, erasures: store.count_notices(&sink.name)? })
        };
        sinks.iter().map(of).collect()
    }
}

/// The sinks, in the order of the metrics.
fn sinks(sinks: &[SinkStatus], behind: &[Behind], text: &mut Text) {
    if sinks.is_empty() {
        return;
    }
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
    text.counter("waymark_sink_events_total", "Events for a sink by what became of them; retried is each attempt.");
    for SinkStatus { name, counts } in sinks {
        for (outcome, events) in
            [("published", &counts.published), ("rejected", &counts.rejected), ("retried", &counts.retried)]
        {
            text.sample(&[("sink", name), ("outcome", outcome)], count(events));
        }
    }
    text.counter("waymark_sink_erasures_total", "Erasures that a sink was told of.");
    sinks.iter().for_each(|sink| text.sample(&[("sink", &sink.name)], count(&sink.counts.erasures)));
    text.histogram("waymark_sink_publish_seconds", "How long a sink took for each batch of events.");
    sinks.iter().for_each(|sink| sink.counts.publishes.write(&[("sink", &sink.name)], text));
    text.gauge(
        "waymark_sink_waiting_events",
        "Events that a sink does not have yet; those erased meanwhile count too.",
    );
    sinks.iter().zip(behind).for_each(|(sink, behind)| {
        text.sample(&[("sink", &sink.name)], behind.positions as f64);
    });
    text.gauge("waymark_sink_waiting_erasures", "Erasures that a sink was not told of yet.");
    sinks.iter().zip(behind).for_each(|(sink, behind)| {
        text.sample(&[("sink", &sink.name)], behind.erasures as f64);
    });
}

/// The audit's sums of each site. They can fall, as `missing` does when what was late arrives.
fn audit(audited: &[AuditRow], text: &mut Text) {
    let mut sites = BTreeMap::<&str, AuditCounts>::new();
    for AuditRow { site, figures, .. } in audited {
        let sum = sites.entry(site).or_default();
        *sum = sum.plus(figures);
    }
    type Column = (&'static str, &'static str, fn(&AuditCounts) -> u64);
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
