//! Reads the facts of a question: the columns that it reads of the rows that it scans, a slice of time after the other.
//! Texts get their numbers while a question reads them, and so do rows.

mod conditions;
mod native;
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
use crate::store::facts::row_group::{Coder, RowGroup};
use crate::store::{
    Behind, FactRows, KeepFacts, Packing, ReadFacts, Scan, Selection, StoreError, TextId, UserIds, Visit, VisitGroup,
    WithFacts,
};
use crate::time::clock::now;
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use uuid::Uuid;

/// Answers that may wait to be visited, while ClickHouse gives the next one.
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
        with(&Question { store: self, tombstones, numbers: RefCell::default(), data: RefCell::default() })
    }
}

/// What one question has read.
struct Question<'s> {
    store: &'s ClickHouse,
    /// Erasures of which rows may still be there.
    tombstones: Tombstones,
    numbers: RefCell<Numbers>,
    data: RefCell<Data>,
}

/// The data of the rows that are visited now.
#[derive(Default)]
struct Data {
    /// The position of the first one.
    first: i64,
    rows: Vec<Option<String>>,
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
        // The rows are of the scan's types already.
        self.scan_groups(scan, &mut |group| match group.each(&[], |fact| visit(fact).is_continue()) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        })
    }

    fn scan_groups(&self, scan: &Scan, visit: VisitGroup<'_>) -> Result<(), StoreError> {
        let conditions = Conditions::of(scan, |text| self.name(text));
        let selected = Selected { reads: scan.reads, has_ids: !self.tombstones.is_empty() };
        let mut erased = Erased::new(&self.tombstones, &conditions.site);
        let (mut slice, mut group, mut coder) = (Slice::default(), RowGroup::new(scan.env), Coder::default());
        let (store, (sender, answers)) = (self.store, sync_channel(WAITING));
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| read(store, &conditions, &selected, sender));
            for answer in answers {
                slice.read(&answer, &selected, &mut self.numbers.borrow_mut(), &mut erased)?;
                drop(answer);
                for rows in slice.rows().chunks(Packing::ROWS) {
                    self.take(&slice, rows, &selected, &mut group, &mut coder);
                    if visit(&group).is_break() {
                        // The reader ends once nobody takes its answers.
                        return Ok(());
                    }
                }
            }
            reading.join().unwrap_or(Err(StoreError::Interrupted))
        })
    }

    fn find(&self, text: &str) -> Result<Option<TextId>, StoreError> {
        // A number for a text that no row has finds no row.
        Ok(self.numbers.borrow_mut().text(text))
    }

    fn text(&self, id: TextId) -> Result<String, StoreError> {
        Ok(self.name(id))
    }

    fn links(&self, site: TextId) -> Result<Vec<(TextId, TextId)>, StoreError> {
        // The newest of equal ones is the last to be erased. Copies of an event have the same IDs, so `FINAL`, which
        // reads all rows, would find no other ones.
        const LINKS: &str = "
            SELECT assumeNotNull(events.linked) AS linked, anonymous, known, max(events.received) AS received
            FROM events
            WHERE site = ? AND events.linked IS NOT NULL
            GROUP BY events.linked, anonymous, known";
        let site = self.name(site);
        let rows =
            self.store.client.ask(async |http: &Http| http.query(LINKS).bind(&site).fetch_all::<LinkRow>().await)?;
        let mut links = Vec::with_capacity(rows.len());
        for LinkRow { linked, anonymous, known, received } in rows {
            let who = UserIds { anonymous, known, linked: Some(linked.clone()) };
            if let (Some(user), false) =
                (who.known.as_ref().or(who.anonymous.as_ref()), self.tombstones.has(&site, &who, received))
            {
                let mut numbers = self.numbers.borrow_mut();
                links.extend(numbers.text(&linked).zip(numbers.text(user)));
            }
        }
        links.sort_unstable();
        links.dedup();
        Ok(links)
    }

    fn event_id(&self, position: i64) -> Result<Option<Uuid>, StoreError> {
        Ok(self.numbers.borrow().event(position))
    }

    fn data(&self, position: i64) -> Result<Option<String>, StoreError> {
        let Data { first, rows } = &*self.data.borrow();
        if let Some(data) = usize::try_from(position - first).ok().and_then(|place| rows.get(place)) {
            return Ok(data.clone());
        }
        let Some(id) = self.numbers.borrow().event(position) else { return Ok(None) };
        Ok(self.store.body(id)?.and_then(|body| data_of(&body)))
    }

    fn sql(&self, _: &str, _: &Selection) -> Option<String> {
        None
    }

    fn behind(&self) -> Result<Behind, StoreError> {
        Ok(Behind::default())
    }
}

impl Question<'_> {
    fn name(&self, id: TextId) -> String {
        self.numbers.borrow().name(id).unwrap_or_default().to_owned()
    }

    /// Fills a group with some rows of a slice.
    fn take(&self, slice: &Slice, rows: &[u32], selected: &Selected, group: &mut RowGroup, coder: &mut Coder) {
        let mut numbers = self.numbers.borrow_mut();
        slice.fill(group, rows, coder, &mut numbers);
        if selected.reads.position {
            let first = numbers.events(rows.iter().map(|row| slice.id(*row)));
            group.positions = (first..).take(rows.len()).collect();
            if selected.reads.data {
                let data = rows.iter().map(|row| slice.data(*row).map(str::to_owned));
                *self.data.borrow_mut() = Data { first, rows: data.collect() };
            }
        }
    }
}

/// Sends the answers of a scan, a slice of time after the other, until all are sent or nobody takes them.
fn read(
    store: &ClickHouse,
    conditions: &Conditions,
    selected: &Selected,
    answers: SyncSender<Vec<u8>>,
) -> Result<(), StoreError> {
    let mut longest = 0;
    for span in plan::spans(store, conditions, selected.reads)? {
        let conditions = conditions.within(span);
        let sql = format!("SELECT {selected} FROM events FINAL WHERE {}", conditions.sql);
        let answer = store.client.wait(SCAN, async |http: &Http| {
            let query =
                SETTINGS.iter().fold(http.query(&sql), |query, (name, value)| query.with_setting(*name, *value));
            let mut chunks = conditions.bind(query).fetch_bytes("Native")?;
            // Answers are about as long as each other.
            let mut answer = Vec::with_capacity(longest);
            while let Some(chunk) = chunks.next().await? {
                answer.extend_from_slice(&chunk);
            }
            Ok(answer)
        })?;
        longest = longest.max(answer.len());
        if answers.send(answer).is_err() {
            break;
        }
    }
    Ok(())
}
