//! A month of made-up visits to the demo shop, so that a newcomer sees full pages of insights. They belong to a site
//! of their own, [`SITE`], are the same each time they are made, and are stored as if a recorder had sent them.

mod random;
mod shop;
mod visit;
mod visitor;

use crate::config::{Limits, Site};
use crate::error::Rejection;
use crate::ingest::batch_size;
use crate::ingest::enrich::{EnrichedBatch, Enricher};
use crate::store::{Filter, IngestBatch, Store, StoreError};
use random::Random;
use serde::Deserialize;
use shop::{HOURS, Home};
use visit::Visit;
use visitor::Visitor;
use waymark_wire::{Envelope, Level, Lost, Place, Reason};

/// The key of the site to which the made-up events belong.
pub const SITE: &str = "demo-month";

/// The days of the month, today included.
const DAYS: i64 = 30;

const DAY_MS: i64 = 86_400_000;

/// Batches in a commit.
const COMMIT: usize = 200;

/// Stores the visits of the last 30 days that are not stored yet. Returns the number of their events.
///
/// # Errors
/// [`StoreError`]: some of the visits may be stored.
pub(crate) fn fill(store: &dyn Store, account: &str, now: i64) -> Result<usize, StoreError> {
    let site = site(account);
    let newest = store.newest(&Filter { site: Some(SITE.to_owned()), ..Filter::default() }, 1)?;
    let since = newest.first().map_or(0, |(_, body)| received(body));
    // Visits are stored in order of arrival.
    let missing: Vec<_> =
        month(&site, now).into_iter().filter(|(arrived, _)| *arrived > since).map(|(_, batch)| batch).collect();
    for commit in missing.chunks(COMMIT) {
        store.append(commit)?;
    }
    Ok(missing.iter().map(|batch| batch.records.len()).sum())
}

/// The site, which collects up to level 2.
fn site(account: &str) -> Site {
    let mut site = Site::new(SITE, account);
    site.settings.level = Some(Level::Experience);
    site
}

/// When a stored event arrived.
fn received(body: &str) -> i64 {
    #[derive(Deserialize)]
    struct Event {
        server: Server,
    }
    #[derive(Deserialize)]
    struct Server {
        received: i64,
    }
    serde_json::from_str(body).map_or(0, |event: Event| event.server.received)
}

/// The visits of the last 30 days with their arrival, in this order.
fn month(site: &Site, now: i64) -> Vec<(i64, IngestBatch)> {
    let today = now.div_euclid(DAY_MS);
    let mut visits: Vec<_> = (today - DAYS + 1..=today).flat_map(|day| visits(site, day)).collect();
    visits.retain(|(arrived, _)| *arrived < now);
    visits.sort_by_key(|(arrived, _)| *arrived);
    visits
}

/// The visits of a UTC day with their arrival.
fn visits(site: &Site, day: i64) -> Vec<(i64, IngestBatch)> {
    // 1 January 1970 was a Thursday.
    let is_weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
    let mut random = Random::seeded(day as u64);
    let count = if is_weekend { 34 } else { 58 } + random.below(14);
    (0..count)
        .filter_map(|number| {
            let mut random = Random::seeded((day * 1_000 + number) as u64);
            // On one day of thirty a few tabs lose events, as happens in an outage.
            let lost = if day % DAYS == 11 && number < 3 { 4 } else { 0 };
            visit(site, day, &mut random, lost).ok()
        })
        .collect()
}

/// A visit as the batch that its tab sent, and when that arrived.
fn visit(site: &Site, day: i64, random: &mut Random, lost: u32) -> Result<(i64, IngestBatch), Rejection> {
    let visitor = Visitor::draw(day, random);
    let Home(country, city, zone) = visitor.home.unwrap_or(&Home("GB", "London", 0));
    let place = Place { country: Some((*country).to_owned()), city: Some((*city).to_owned()) };
    let hour = random.pick(&HOURS).copied().unwrap_or(12);
    let local = hour * 3_600_000 + random.below(3_600_000) + i64::from(*zone) * 60_000;
    let begun = day * DAY_MS + local.rem_euclid(DAY_MS);
    let (events, end) = Visit::make(visitor, begun, random);
    // Most arrive at once. A few come from a phone that had no network for hours.
    let wait = if random.chance(2) { 2 * 3_600_000 + random.below(6 * 3_600_000) } else { 0 };
    let arrived = end + 400 + random.below(4_000) + wait;
    let last = u64::from(events.len()).saturating_sub(1) + u64::from(lost);
    let mut declared = Lost::default();
    declared.add(Reason::Overflow, lost);
    let envelope = Envelope {
        site: SITE,
        tab: random.guid(),
        seq: 0,
        last,
        sent: arrived - 200,
        attempt: 1,
        request: random.guid(),
        lost: declared,
    };
    let body = envelope.body(&events.contents());
    let limits = Limits::default();
    let batch = batch_size::read(body.as_bytes(), limits.batch_bytes)?;
    let EnrichedBatch { delivery, .. } = Enricher::made_up(arrived, place).enrich(&batch, site, &limits)?;
    Ok((arrived, delivery))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AuditEvents, Days, Memory};

    /// Thursday, 26 November 2026, 12:00 UTC.
    const NOW: i64 = 1_795_694_400_000;

    #[test]
    fn a_month_is_believable() {
        let site = site("3210be7ad82f403298f7c4da065ec657");
        let visits = month(&site, NOW);
        let events: Vec<_> = visits.iter().flat_map(|(_, batch)| &batch.records).collect();
        let count = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
        assert!((1_200..2_500).contains(&visits.len()), "{} visits", visits.len());
        assert!((10_000..30_000).contains(&events.len()), "{} events", events.len());
        for (kind, least) in [
            ("pageView", 5_000),
            ("play", 400),
            ("complete", 150),
            ("close", 100),
            ("goal", 100),
            ("deadClick", 50),
            ("rageClick", 30),
            ("formSubmit", 100),
        ] {
            assert!(count(kind) > least, "{} of {kind}", count(kind));
        }
        assert!(count("goal") * 4 < visits.len() && count("identify") > 20 && count("playFailed") > 3);
        assert!(events.iter().all(|event| event.site == SITE && event.received < NOW && event.time < event.received));
        assert!(events.iter().all(|event| event.body.contains("\"lib\":\"made-up\"")));
    }

    #[test]
    fn a_month_is_stored_once_and_goes_on_the_next_day() {
        let store = Memory::default();
        let account = "3210be7ad82f403298f7c4da065ec657";
        let first = fill(&store, account, NOW).unwrap();
        assert_eq!(fill(&store, account, NOW).unwrap(), 0);
        let second = fill(&store, account, NOW + DAY_MS).unwrap();
        assert!(second > 0 && second * 10 < first, "{second} after {first}");
        let audit = store.audit(&Days::default()).unwrap();
        let duplicates: u64 = audit.iter().map(|row| row.figures.duplicate).sum();
        assert_eq!((duplicates, audit.iter().map(|row| row.figures.missing).sum::<u64>()), (0, 0));
    }
}
