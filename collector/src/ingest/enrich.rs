//! Adds to each event when it arrived and from where. In: a batch and its client's address. Out: the events to store,
//! and the rejected ones. Only the masked address is stored.

use crate::client::address::ClientAddress;
use crate::client::geoip::GeoIp;
use crate::config::{Bots, Limits, Site};
use crate::error::{Oversize, Rejection};
use crate::ingest::event_json::EventEncoder;
use crate::store::{Day, IngestBatch, Losses, StoredEvent, UserIds};
use crate::time::clock::now;
use serde::Deserialize;
use waymark_wire::RejectReason::{InvalidEvent, TooLarge};
use waymark_wire::{
    Batch, Bot, Event, EventError, Expanded, IdSource, InvalidBatch, Place, RejectReason, Rejected, Server, Wm, limits,
};

/// The first time that no event can have, as for the client's: the year 10889.
const END_OF_TIME: i64 = 1 << 48;

/// Arrival time, masked address and location of one request.
pub(crate) struct Enricher {
    received: i64,
    ip: String,
    place: Option<Place>,
    is_bot: bool,
}

/// A batch, ready to be stored.
pub(crate) struct EnrichedBatch {
    /// The events to store, and the batch's report about its tab.
    pub(crate) delivery: IngestBatch,
    /// Events that can never be stored.
    pub(crate) rejected: Vec<Rejected>,
    /// Whether each of the events to store is a bot's.
    pub(crate) of_bots: Vec<bool>,
    /// Fields and events left out because the site does not collect them.
    pub(crate) stripped: u64,
}

impl Enricher {
    /// `is_bot`: the request's User-Agent is that of a bot.
    pub(crate) fn new(sender: ClientAddress, is_bot: bool, geo: &GeoIp) -> Self {
        Enricher { received: now(), ip: sender.masked().to_string(), place: geo.place(sender.full()), is_bot }
    }

    /// For the made-up events of the demo: an address that belongs to nobody (RFC 5737).
    pub(crate) fn made_up(received: i64, place: Place) -> Self {
        Enricher { received, ip: "192.0.2.0".to_owned(), place: Some(place), is_bot: false }
    }

    /// Expands the batch, without what the site does not collect.
    pub(crate) fn enrich(&self, batch: &Batch<'_>, site: &Site, limits: &Limits) -> Result<EnrichedBatch, Rejection> {
        let mut records = Vec::with_capacity(batch.len());
        let (mut rejected, mut of_bots) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        let mut encoder = EventEncoder::new(self.server(batch)).map_err(|error| InvalidBatch(error.to_string()))?;
        let Expanded { events, stripped } = batch.expand(&site.account, &site.allowed());
        for (index, event) in events.into_iter().enumerate() {
            let stored = event.and_then(|(seq, event)| {
                self.record(seq, event, batch, site, limits, &mut encoder)
                    .map_err(|error| Rejected::new(index, seq, error))
            });
            match stored {
                Ok((record, is_of_bot)) => {
                    bytes += record.body.len();
                    if bytes > limits.batch_bytes {
                        let limit = limits.batch_bytes;
                        return Err(Rejection::BatchTooLarge { what: Oversize::ExpandedBatch, limit });
                    }
                    records.push(record);
                    of_bots.push(is_of_bot);
                }
                Err(event) => rejected.push(event),
            }
        }
        let delivery = IngestBatch {
            site: batch.site.to_string(),
            tab: batch.tab,
            day: Day::of(self.received),
            seq: batch.seq,
            events: batch.len() as u64,
            last: batch.last,
            lost: Losses::declared(&batch.lost),
            records,
        };
        Ok(EnrichedBatch { delivery, rejected, of_bots, stripped })
    }

    /// The part that is added to each event of the batch.
    fn server(&self, batch: &Batch<'_>) -> Server {
        Server {
            site: batch.site.to_string(),
            tab: batch.tab,
            seq: batch.seq,
            sent: batch.sent,
            received: self.received,
            corrected: None,
            bot: None,
            ip: Some(self.ip.clone()),
            place: self.place.clone(),
        }
    }

    /// The sign that a bot recorded the event, unless the site wants none.
    fn bot(&self, event: &Event, site: &Site) -> Option<Bot> {
        match site.bots {
            Bots::Keep => None,
            _ if self.is_bot => Some(Bot::UserAgent),
            _ => event.is_automated.then_some(Bot::WebDriver),
        }
    }

    /// The event to store, and whether a bot recorded it.
    fn record(
        &self,
        seq: u64,
        event: Event,
        batch: &Batch<'_>,
        site: &Site,
        limits: &Limits,
        encoder: &mut EventEncoder,
    ) -> Result<(StoredEvent, bool), EventError> {
        let bot = self.bot(&event, site);
        if bot.is_some() && site.bots == Bots::Drop {
            return Err(RejectReason::Bot.because("the site stores no events of bots"));
        }
        let id = event.id.ok_or_else(|| InvalidEvent.because("it has no id"))?;
        let corrected = corrected(event.time, batch.sent, self.received);
        let line =
            encoder.encode(&event, seq, corrected, bot).map_err(|error| InvalidEvent.because(error.to_string()))?;
        let body = str::from_utf8(line).map_err(|error| InvalidEvent.because(error.to_string()))?;
        if body.len() > limits.event_bytes {
            let why = format!("it is over {} bytes with what it shares", limits.event_bytes);
            return Err(TooLarge.because(why));
        }
        let who = who(&event);
        let record = StoredEvent {
            id,
            site: batch.site.to_string(),
            kind: event.kind,
            time: event.time,
            received: self.received,
            who,
            body: body.into(),
        };
        Ok((record, bot.is_some()))
    }
}

/// The event's time by the collector's clock, if the client's clock is off. `None` if the result is not a valid time.
fn corrected(time: i64, sent: i64, received: i64) -> Option<i64> {
    let drift = received.saturating_sub(sent);
    let corrected = time.saturating_add(drift);
    (drift.unsigned_abs() > limits::DRIFT_MS.unsigned_abs() && (0..END_OF_TIME).contains(&corrected))
        .then_some(corrected)
}

/// The IDs by which the event is found.
fn who(event: &Event) -> UserIds {
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
        Some(IdSource::Cache) => UserIds { anonymous: eu_id.clone(), known: None, linked },
        _ => UserIds { anonymous: None, known: eu_id.clone(), linked },
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
