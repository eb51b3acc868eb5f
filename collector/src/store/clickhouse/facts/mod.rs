//! Reads the facts of a question: the columns that it reads of the rows that it scans, a slice of time after the other.
//! Texts get their numbers while a question reads them, and so do rows.

mod conditions;
mod plan;
mod selected;
mod slice;
mod texts;

use self::conditions::Conditions;
use self::selected::Selected;
use self::slice::Slice;
use self::texts::Numbers;
use super::ClickHouse;
use super::erased::Erased;
use super::tombstones::Tombstones;
use crate::store::facts::extract::data_of;
use crate::store::{
    Behind, FactRows, KeepFacts, ReadFacts, Scan, Selection, StoreError, TextId, UserIds, Visit, WithFacts,
};
use crate::time::clock::now;
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::cell::RefCell;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Slices that may wait to be visited.
const WAITING: usize = 1;

/// Longest wait for a slice. Questions have a shorter limit of their own.
const SCAN: Duration = Duration::from_secs(120);

/// Copies of an event are in one partition. The larger a block, the fewer are the dictionaries that repeat its texts.
const SETTINGS: [(&str, &str); 3] = [
    ("do_not_merge_across_partitions_select_final", "1"),
    ("max_block_size", "262144"),
    ("preferred_block_size_bytes", "0"),
];

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
    /// The position of the row that is visited now, and its data.
    data: RefCell<(i64, Option<String>)>,
}

/// What a question reads from.
struct Source<'s> {
    store: &'s ClickHouse,
    /// Erasures of which rows may still be there.
    tombstones: Tombstones,
    numbers: Mutex<Numbers>,
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
        let (source, (sender, slices)) = (&self.source, sync_channel(WAITING));
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || source.read(scan, &sender));
            let mut fact = slice::nothing(scan.env);
            'slices: for slice in slices {
                for (position, (nth, row)) in (slice.first..).zip(slice.rows().enumerate()) {
                    slice.read((nth, row), &mut fact);
                    fact.position = position;
                    if scan.reads.data {
                        *self.data.borrow_mut() = (position, slice.data(row).map(str::to_owned));
                    }
                    if visit(&fact).is_break() {
                        // The reader ends once nobody takes its slices.
                        break 'slices;
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
        if let (visited, data) = &*self.data.borrow()
            && *visited == position
        {
            return Ok(data.clone());
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

impl Source<'_> {
    fn text(&self, id: TextId) -> String {
        self.numbers().name(id).unwrap_or_default().to_owned()
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the rows of a scan, until all are sent or nobody takes them.
    fn read(&self, scan: &Scan, slices: &SyncSender<Slice>) -> Result<(), StoreError> {
        let conditions = Conditions::of(scan, |text| self.text(text));
        let selected = Selected { reads: scan.reads, has_ids: !self.tombstones.is_empty() };
        let mut erased = Erased::new(&self.tombstones, &conditions.site);
        for span in plan::spans(self.store, &conditions, scan.reads)? {
            let conditions = conditions.within(span);
            let sql = format!("SELECT {selected} FROM events FINAL WHERE {}", conditions.sql);
            let mut slice = Slice::default();
            self.store.client.wait(SCAN, async |http: &Http| {
                let mut query = http.query(&sql);
                for (name, value) in SETTINGS {
                    query = query.with_setting(name, value);
                }
                let mut blocks = conditions.bind(query).fetch_native()?;
                while let Some(block) = blocks.next().await? {
                    slice.add(&block, &selected, &mut self.numbers(), &mut erased)?;
                }
                Ok(())
            })?;
            slice.sort(&mut self.numbers());
            if scan.reads.position {
                slice.first = self.numbers().events(slice.rows().map(|row| slice.id(row)));
            }
            if slices.send(slice).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}
