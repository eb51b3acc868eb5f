//! Facts: each stored event as one row of numbers, with a dictionary of texts, so that questions about many events read
//! no JSON. Facts are made from committed events and can be made again at any time; both stores make the same.

pub(in crate::store) mod extract;
mod reads;
pub(in crate::store) mod row;
pub(in crate::store) mod row_group;
mod selection;

pub use reads::{READ, Reads};
pub use row::{Fact, TextId, Texts};
pub use row_group::{Column as Codes, RowGroup};
pub use selection::{Column, PropertyFilter, Selection, TextFilter};

use super::StoreError;
use std::ops::ControlFlow;
use uuid::Uuid;

/// The rows that a question reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The site.
    pub site: TextId,
    /// The environment.
    pub env: u32,
    /// First time, epoch ms.
    pub from: i64,
    /// End: events before this time, epoch ms.
    pub to: i64,
    /// Only these types; all types if empty.
    pub kinds: Vec<TextId>,
    /// Only this session.
    pub session: Option<TextId>,
    /// Only events of this content.
    pub content: Option<TextId>,
    /// What is read of each row.
    pub reads: Reads,
}

impl Scan {
    /// All rows of a site's environment from `from` to before `to`.
    pub fn all(site: TextId, env: u32, from: i64, to: i64) -> Self {
        Scan { site, env, from, to, kinds: Vec::new(), session: None, content: None, reads: Reads::ALL }
    }
}

/// How far facts are behind the stored events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Behind {
    /// Largest number of events that are stored and not counted yet.
    pub events: u64,
    /// When the first of them arrived, epoch ms. All events that arrived before are counted.
    pub since: Option<i64>,
}

/// How facts are packed into row groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
    /// Facts in a group, about.
    pub rows: usize,
    /// Only facts of events before this time, epoch ms: among later ones others are still to come.
    pub before: i64,
}

impl Packing {
    /// The program's number of facts in a group: few enough that a group's columns stay in the processor's cache.
    pub const ROWS: usize = 16_384;
}

/// Called for each row.
pub type Visit<'v> = &'v mut dyn FnMut(&Fact<TextId>) -> ControlFlow<()>;

/// Called for each group of rows.
pub type VisitGroup<'v> = &'v mut dyn FnMut(&RowGroup) -> ControlFlow<()>;

/// One state of the facts. All its methods see the same commits.
pub trait FactRows {
    /// Visits the rows of `scan` by time, until `visit` breaks.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scan(&self, scan: &Scan, visit: Visit<'_>) -> Result<(), StoreError>;

    /// Visits the same rows in groups, by time. A group's [`RowGroup::rows`] are those of the scan.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scan_groups(&self, scan: &Scan, visit: VisitGroup<'_>) -> Result<(), StoreError> {
        let (mut group, mut is_over) = (RowGroup::new(scan.env), false);
        self.scan(scan, &mut |fact| {
            group.push(fact);
            if group.len() < Packing::ROWS {
                return ControlFlow::Continue(());
            }
            let flow = visit(&std::mem::replace(&mut group, RowGroup::new(scan.env)));
            is_over = flow.is_break();
            flow
        })?;
        if !is_over && group.len() > 0 {
            let _ = visit(&group);
        }
        Ok(())
    }

    /// The ID of a text, `None` if no row has it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find(&self, text: &str) -> Result<Option<TextId>, StoreError>;

    /// The text with this ID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn text(&self, id: TextId) -> Result<String, StoreError>;

    /// The pairs of anonymous and known user that the `identify` events of a site name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn links(&self, site: TextId) -> Result<Vec<(TextId, TextId)>, StoreError>;

    /// The ID of the event at this position, if it was not erased.
    ///
    /// # Errors
    /// [`StoreError`].
    fn event_id(&self, position: i64) -> Result<Option<Uuid>, StoreError>;

    /// The `data` of the event at this position as JSON, if it was not erased. Facts have little of it.
    ///
    /// # Errors
    /// [`StoreError`].
    fn data(&self, position: i64) -> Result<Option<String>, StoreError>;

    /// The SQL that counts the number `name` of a view, for people to check it. `None` if the store has no SQL, or the
    /// number is not counted by SQL alone.
    fn sql(&self, name: &str, selection: &Selection) -> Option<String>;

    /// How far the facts are behind.
    ///
    /// # Errors
    /// [`StoreError`].
    fn behind(&self) -> Result<Behind, StoreError>;
}

/// Called with the state of the facts.
pub type WithFacts<'r> = &'r mut dyn FnMut(&dyn FactRows) -> Result<(), StoreError>;
