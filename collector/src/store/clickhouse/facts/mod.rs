//! Reads the facts of a question: the columns that it reads of the rows that it scans. Texts get their numbers while a
//! question reads them, and so do rows.

mod row;
mod texts;

use self::row::{FactRow, Selected};
use self::texts::Numbers;
use super::ClickHouse;
use super::erased::Erased;
use super::tombstones::Tombstones;
use crate::store::facts::extract::data_of;
use crate::store::{
    Behind, Fact, FactRows, KeepFacts, ReadFacts, Scan, Selection, StoreError, TextId, UserIds, Visit, WithFacts,
};
use crate::time::clock::now;
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::cell::RefCell;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Rows that are handed over at a time, and how many such chunks may wait.
const CHUNK: usize = 2_048;
const WAITING: usize = 4;

/// Longest scan. Questions have a shorter limit of their own.
const SCAN: Duration = Duration::from_secs(120);

/// Columns that tell when events were: `at` says so by the collector's clock.
const AT: &str = "events.at >= fromUnixTimestamp64Milli(?) AND events.at < fromUnixTimestamp64Milli(?)";

/// The times that a `DateTime64` can have: of 1900 to 2299, epoch ms.
const TIMES: (i64, i64) = (-2_208_988_800_000, 10_413_792_000_000);

/// Facts are columns of the events: they are made when the events are landed.
impl KeepFacts for ClickHouse {}

impl ReadFacts for ClickHouse {
    fn with_facts(&self, with: WithFacts<'_>) -> Result<(), StoreError> {
        let tombstones = self.pending(now())?;
        let source = Source { store: self, tombstones, numbers: Mutex::default() };
        with(&Question { source, data: RefCell::default() })
    }
}

/// What one question has read.
struct Question<'s> {
    source: Source<'s>,
    /// The data of the rows that are visited now, from this position on.
    data: RefCell<(i64, Vec<Option<String>>)>,
}

/// What a question reads from.
struct Source<'s> {
    store: &'s ClickHouse,
    /// Erasures of which rows may still be there.
    tombstones: Tombstones,
    numbers: Mutex<Numbers>,
}

/// Rows on their way from ClickHouse.
#[derive(Default)]
struct Chunk {
    facts: Vec<Fact<TextId>>,
    /// Their data, if it is read.
    data: Vec<Option<String>>,
}

#[derive(Row, Deserialize)]
struct LinkRow {
    linked: String,
    anonymous: Option<String>,
    known: Option<String>,
    received: i64,
}

impl FactRows for Question<'_> {
    fn scan(&self, scan: &Scan, visit: Visit<'_>) -> Result<(), StoreError> {
        let (source, (sender, chunks)) = (&self.source, sync_channel(WAITING));
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || source.read(scan, &sender));
            'chunks: for Chunk { facts, data } in chunks {
                let first = facts.first().map_or(0, |fact| fact.position);
                *self.data.borrow_mut() = (first, data);
                for fact in &facts {
                    if visit(fact).is_break() {
                        // The reader ends once nobody takes its chunks.
                        break 'chunks;
                    }
                }
            }
            reading.join().unwrap_or(Err(StoreError::Interrupted))
        })
    }

    fn find(&self, text: &str) -> Result<Option<TextId>, StoreError> {
        // A number for a text that no row has finds no row.
        Ok(self.source.numbers().text(text))
    }

    fn text(&self, id: TextId) -> Result<String, StoreError> {
        Ok(self.source.text(id))
    }

    fn links(&self, site: TextId) -> Result<Vec<(TextId, TextId)>, StoreError> {
        // The newest of equal ones is the last to be erased.
        const LINKS: &str = "
            SELECT assumeNotNull(events.linked) AS linked, anonymous, known, max(events.received) AS received
            FROM events FINAL
            WHERE site = ? AND events.linked IS NOT NULL
            GROUP BY events.linked, anonymous, known";
        let Source { store, tombstones, .. } = &self.source;
        let site = self.source.text(site);
        let rows = store.client.ask(async |http: &Http| http.query(LINKS).bind(&site).fetch_all::<LinkRow>().await)?;
        let mut links = Vec::with_capacity(rows.len());
        for LinkRow { linked, anonymous, known, received } in rows {
            let who = UserIds { anonymous, known, linked: Some(linked.clone()) };
            if let (Some(user), false) =
                (who.known.as_ref().or(who.anonymous.as_ref()), tombstones.has(&site, &who, received))
            {
                let mut numbers = self.source.numbers();
                links.extend(numbers.text(&linked).zip(numbers.text(user)));
            }
        }
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }

    fn event_id(&self, position: i64) -> Result<Option<Uuid>, StoreError> {
        Ok(self.source.numbers().event(position))
    }

    fn data(&self, position: i64) -> Result<Option<String>, StoreError> {
        if let Some(data) = self.visited(position) {
            return Ok(data);
        }
        let Some(id) = self.source.numbers().event(position) else { return Ok(None) };
        let body = self.source.store.body(id)?;
        Ok(body.and_then(|body| data_of(&body)))
    }

    fn sql(&self, _: &str, _: &Selection) -> Option<String> {
        None
    }

    fn behind(&self) -> Result<Behind, StoreError> {
        Ok(Behind::default())
    }
}

impl Question<'_> {
    /// The data of a row that is visited now, if the scan reads data.
    fn visited(&self, position: i64) -> Option<Option<String>> {
        let visited = self.data.borrow();
        let place = position.checked_sub(visited.0).and_then(|place| usize::try_from(place).ok())?;
        visited.1.get(place).cloned()
    }
}

impl Source<'_> {
    fn text(&self, id: TextId) -> String {
        self.numbers().name(id).unwrap_or_default().to_owned()
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the rows of a scan, until all are sent or nobody takes them.
    fn read(&self, scan: &Scan, chunks: &SyncSender<Chunk>) -> Result<(), StoreError> {
        let (site, selected) =
            (self.text(scan.site), Selected { reads: scan.reads, has_ids: !self.tombstones.is_empty() });
        // A column that is not read is selected as nothing, by its name: a condition means the table's.
        let mut sql = format!("SELECT {selected} FROM events FINAL WHERE events.site = ? AND events.env = ? AND {AT}");
        let kinds: Vec<_> = scan.kinds.iter().map(|kind| self.text(*kind)).collect();
        let session = scan.session.map(|session| self.text(session));
        let content = scan.content.map(|content| self.text(content));
        for (is_asked, condition) in [
            (!kinds.is_empty(), " AND events.type IN ?"),
            (session.is_some(), " AND events.session = ?"),
            (content.is_some(), " AND events.content = ?"),
        ] {
            sql += if is_asked { condition } else { "" };
        }
        // Events of one tab at one time are in the order of their numbers.
        sql += " ORDER BY events.at, events.received, events.seq, events.id";
        let (from, to) = within(scan.from, scan.to);
        self.store.client.wait(SCAN, async |http: &Http| {
            let mut query = http.query(&sql).bind(&site).bind(scan.env).bind(from).bind(to);
            if !kinds.is_empty() {
                query = query.bind(&kinds);
            }
            for text in [&session, &content].into_iter().flatten() {
                query = query.bind(text);
            }
            let mut rows = query.fetch::<FactRow<'_>>()?;
            let (mut chunk, mut erased) = (Chunk::default(), Erased::new(&self.tombstones, &site));
            while let Some(row) = rows.next().await? {
                if erased.has(row.anonymous, row.known, row.linked, row.received) {
                    continue;
                }
                let fact = self.numbers().fact(&row, scan);
                chunk.facts.push(fact);
                if scan.reads.data {
                    chunk.data.push(Some(row.data.to_owned()).filter(|data| !data.is_empty()));
                }
                if chunk.facts.len() >= CHUNK && chunks.send(std::mem::take(&mut chunk)).is_err() {
                    return Ok(());
                }
            }
            let _ = chunks.send(chunk);
            Ok(())
        })
    }
}

/// The part of a range that ClickHouse can compare with.
fn within(from: i64, to: i64) -> (i64, i64) {
    let (first, end) = TIMES;
    (from.clamp(first, end), to.clamp(first, end))
}
