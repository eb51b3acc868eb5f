//! A collector in memory.

use crate::page::{envelope, expand};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use waymark_wire::Reason;

/// The collector's data.
#[derive(Default)]
pub struct Collector {
    /// How often each mark was stored. The event ID prevents duplicates.
    pub stored: BTreeMap<u64, u32>,
    pub ids: BTreeSet<String>,
    /// The newest event number and the losses that each tab has reported.
    pub tabs: BTreeMap<String, (u64, BTreeMap<String, u64>)>,
    pub upto: BTreeMap<String, u64>,
    /// Whether it knows nothing of earlier batches, as where events are kept in Kafka.
    pub is_stateless: bool,
}

impl Collector {
    pub fn take(&mut self, body: &str) -> String {
        let envelope = envelope(body);
        let tab = envelope["tab"].as_str().unwrap().to_owned();
        let (last, lost) = self.tabs.entry(tab.clone()).or_default();
        *last = (*last).max(envelope["last"].as_u64().unwrap());
        for (reason, count) in envelope["lost"].as_object().unwrap() {
            let known = lost.entry(reason.clone()).or_default();
            *known = (*known).max(count.as_u64().unwrap());
        }
        let events = expand(body);
        for event in &events {
            if self.ids.insert(event["id"].as_str().unwrap().to_owned())
                && let Some(mark) = event["data"]["mark"].as_u64()
            {
                *self.stored.entry(mark).or_default() += 1;
            }
        }
        let (seq, upto) = (envelope["seq"].as_u64().unwrap(), self.upto.entry(tab).or_default());
        if seq <= *upto {
            *upto = (*upto).max(seq + events.len() as u64);
        }
        let upto = if self.is_stateless { 0 } else { *upto };
        json!({ "request": envelope["request"], "stored": events.len(), "rejected": [], "upto": upto }).to_string()
    }

    pub fn declared(&self) -> u64 {
        let numbered: BTreeSet<_> =
            Reason::ALL.into_iter().filter(|reason| reason.is_numbered()).map(Reason::name).collect();
        let all = self.tabs.values().flat_map(|(_, lost)| lost);
        all.filter(|(reason, _)| numbered.contains(reason.as_str())).map(|(_, count)| count).sum()
    }
}
