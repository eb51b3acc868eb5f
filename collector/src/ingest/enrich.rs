//! What the collector adds to an event: when it arrived, and from roughly where.
//! In: a batch and its sender. Out: a delivery ready to be stored, and what of the batch can never be.
//! Of the sender's address only what is masked goes into it.

use crate::client::address::Sender;
use crate::client::geoip::Geo;
use crate::config::{Limits, Site};
use crate::error::Rejection;
use crate::ingest::event_json::Lines;
use crate::store::{Day, Delivery, Losses, Record, Who};
use crate::time::clock::now;
use serde::Deserialize;
use waymark_wire::{Batch, Event, Expanded, IdSource, Place, Rejected, Server, Wm, limits};

/// The first time that no event can have, as for the client's: the year 10889.
const END_OF_TIME: i64 = 1 << 48;

/// When something arrived, the masked address that it came from, and where that is.
pub(crate) struct Stamp {
    received: i64,
    ip: String,
    place: Option<Place>,
}

/// What becomes of a batch's events.
pub(crate) struct Stamped {
    /// Those that will be stored, and what the batch says of its tab.
    pub(crate) delivery: Delivery,
    /// Those that never will.
    pub(crate) rejected: Vec<Rejected>,
    /// How much was left out because the site does not collect it.
    pub(crate) stripped: u64,
}

impl Stamp {
    pub(crate) fn new(sender: Sender, geo: &Geo) -> Self {
        Stamp { received: now(), ip: sender.masked().to_string(), place: geo.place(sender.whole()) }
    }

    /// The batch as it will be stored, without what the site does not collect.
    pub(crate) fn delivery(&self, batch: &Batch<'_>, site: &Site, limits: &Limits) -> Result<Stamped, Rejection> {
        let mut records = Vec::with_capacity(batch.len());
        let mut rejected = Vec::new();
        let mut bytes = 0;
        let mut lines =
            Lines::new(self.server(batch, site)).map_err(|error| Rejection::Unreadable(error.to_string()))?;
        let Expanded { events, stripped } = batch.expand(&site.account, &site.allowed());
        for (index, event) in events.into_iter().enumerate() {
            let stored = event.and_then(|(seq, event)| {
                self.record(seq, event, batch, site, limits, &mut lines).map_err(|why| Rejected { index, seq, why })
            });
            match stored {
                Ok(record) => {
                    bytes += record.body.len();
                    if bytes > limits.batch_bytes {
                        return Err(Rejection::TooLarge { what: "the expanded batch", limit: limits.batch_bytes });
                    }
                    records.push(record);
                }
                Err(why) => rejected.push(why),
            }
        }
        let delivery = Delivery {
            site: site.key.clone(),
            tab: batch.tab,
            day: Day::of(self.received),
            seq: batch.seq,
            events: batch.len() as u64,
            last: batch.last,
            lost: Losses::declared(&batch.lost),
            records,
        };
        Ok(Stamped { delivery, rejected, stripped })
    }

    /// What the collector adds to each event of a batch.
    fn server(&self, batch: &Batch<'_>, site: &Site) -> Server {
        Server {
            site: site.key.clone(),
            tab: batch.tab,
            seq: batch.seq,
            sent: batch.sent,
            received: self.received,
            corrected: None,
            ip: Some(self.ip.clone()),
            place: self.place.clone(),
        }
    }

    fn record(
        &self,
        seq: u64,
        event: Event,
        batch: &Batch<'_>,
        site: &Site,
        limits: &Limits,
        lines: &mut Lines,
    ) -> Result<Record, String> {
        let id = event.id.ok_or("it has no id")?;
        let corrected = corrected(event.time, batch.sent, self.received);
        let line = lines.line(&event, seq, corrected).map_err(|error| error.to_string())?;
        let body = str::from_utf8(line).map_err(|error| error.to_string())?;
        if body.len() > limits.event_bytes {
            return Err(format!("it is over {} bytes with what it shares", limits.event_bytes));
        }
        let who = who(&event);
        Ok(Record {
            id,
            site: site.key.clone(),
            kind: event.kind,
            time: event.time,
            received: self.received,
            who,
            body: body.into(),
        })
    }
}

/// When an event of the client's `time` happened by the collector's clock, where the client's is off. What is no time at
/// all then, because the client says nonsense, is left out.
fn corrected(time: i64, sent: i64, received: i64) -> Option<i64> {
    let drift = received.saturating_sub(sent);
    let corrected = time.saturating_add(drift);
    (drift.unsigned_abs() > limits::DRIFT_MS.unsigned_abs() && (0..END_OF_TIME).contains(&corrected))
        .then_some(corrected)
}

/// By which IDs the event can be found.
fn who(event: &Event) -> Who {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Link {
        anonymous_id: String,
    }
    let Wm { eu_id, eu_id_source, .. } = &*event.wm;
    let linked = match event.kind.as_str() {
        "identify" => serde_json::from_str(event.data.get()).ok().map(|link: Link| link.anonymous_id),
        _ => None,
    };
    match eu_id_source {
        Some(IdSource::Cache) => Who { anonymous: eu_id.clone(), known: None, linked },
        _ => Who { anonymous: None, known: eu_id.clone(), linked },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_corrected_for_from_the_limit_on() {
        const NOW: i64 = 1_795_600_000_000;
        for off in [limits::DRIFT_MS, -limits::DRIFT_MS, 0] {
            assert_eq!(corrected(NOW + off - 10, NOW + off, NOW), None);
        }
        for off in [limits::DRIFT_MS + 1, -limits::DRIFT_MS - 1] {
            assert_eq!(corrected(NOW + off - 10, NOW + off, NOW), Some(NOW - 10));
        }
    }
}
