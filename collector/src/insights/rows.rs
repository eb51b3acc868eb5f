//! The rows of a question: those of its site and environment, with whether its filters let them through, and with the
//! person behind the user's ID. Counts what the question costs.

use super::error::InsightError;
use super::filters::{Filter, read_column};
use super::ids::Ids;
use super::kinds::{Kinds, Only};
use super::people::People;
use super::property;
use super::question::{FunnelStep, Limits};
use super::row::Row;
use crate::store::{Fact, FactRows, PropertyFilter, READ, Reads, Scan, Selection, StoreError, TextId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Instant;

/// Sessions are at most this long: those that began in a range have their events in it or this close to it.
pub(super) const SESSION_MS: i64 = 43_200_000;

/// Rows between two looks at the clock.
const CLOCK: u32 = 8_192;

/// Reads rows.
pub(super) struct Rows<'r> {
    pub(super) facts: &'r dyn FactRows,
    site: Option<TextId>,
    pub(super) selection: &'r Selection,
    filters: Vec<Filter<'r>>,
    /// The sessions that have one of the required events.
    has: Option<Ids>,
    people: People,
    limits: Limits,
    begun: Instant,
    bytes: Cell<usize>,
    names: RefCell<HashMap<TextId, String>>,
    /// Events of bots that were left out of the range.
    pub(super) bots: Cell<u64>,
}

impl<'r> Rows<'r> {
    pub(super) fn new(
        facts: &'r dyn FactRows,
        selection: &'r Selection,
        limits: Limits,
        begun: Instant,
    ) -> Result<Self, InsightError> {
        let site = facts.find(&selection.site)?;
        let links = site.map(|site| facts.links(site)).transpose()?.unwrap_or_default();
        let mut rows = Rows {
            facts,
            site,
            selection,
            filters: Vec::new(),
            has: None,
            people: People::of(links),
            limits,
            begun,
            bytes: Cell::new(0),
            names: RefCell::default(),
            bots: Cell::new(0),
        };
        rows.filters = Filter::all(facts, &selection.filters)?;
        rows.has = rows.having()?;
        Ok(rows)
    }

    fn having(&self) -> Result<Option<Ids>, InsightError> {
        if self.selection.has.is_empty() {
            return Ok(None);
        }
        let mut sessions = Ids::default();
        let reads = Reads::default().session();
        self.visit(SESSION_MS, SESSION_MS, &self.kinds(&self.selection.has)?, None, reads, |row| {
            self.add(&mut sessions, row.fact.texts.session).map(drop)
        })?;
        Ok(Some(sessions))
    }

    /// The IDs of these types. A type that no event has is not among them.
    pub(super) fn kinds<S: AsRef<str>>(&self, names: &[S]) -> Result<Kinds, InsightError> {
        let found: Result<Vec<_>, StoreError> = names.iter().map(|name| self.facts.find(name.as_ref())).collect();
        Ok(Kinds::of(found?))
    }

    /// Visits the rows of the range, and of this much time before and after it, by time. Rows of bots are left out.
    /// `kinds` limits the types; with none of them there is nothing to visit. Rows have what `reads` says and what the
    /// filters look at.
    pub(super) fn visit(
        &self,
        before: i64,
        after: i64,
        kinds: &Kinds,
        only: Option<&Only>,
        reads: Reads,
        mut with: impl FnMut(&Row<'_>) -> Result<(), InsightError>,
    ) -> Result<(), InsightError> {
        let Some(mut scan) = self.scan(before, after, reads) else { return Ok(()) };
        let Some(known) = kinds.known() else { return Ok(()) };
        scan.kinds = known;
        match only {
            Some(Only::Session(session)) => scan.session = Some(*session),
            Some(Only::Content(content)) => scan.content = Some(*content),
            None => {}
        }
        let (mut failed, mut count) = (None, 0_u32);
        let mut visit = |fact: &Fact<TextId>| {
            count = count.wrapping_add(1);
            let result = match () {
                () if count.is_multiple_of(CLOCK) && self.is_late() => Err(self.too_slow()),
                () if self.leaves_out(fact.bot, fact.time) => Ok(()),
                () => self.row(fact).and_then(|row| with(&row)),
            };
            match result {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        self.facts.scan(&scan, &mut visit)?;
        failed.map_or(Ok(()), Err)
    }

    /// All rows of the range and around it. `None` for a site without any.
    pub(super) fn scan(&self, before: i64, after: i64, reads: Reads) -> Option<Scan> {
        let Selection { env, from, to, .. } = *self.selection;
        let all = Scan::all(self.site?, env, from.saturating_sub(before), to.saturating_add(after));
        Some(Scan { reads: self.also_reads(reads), ..all })
    }

    pub(super) fn is_late(&self) -> bool {
        self.begun.elapsed() > self.limits.time
    }

    pub(super) fn too_slow(&self) -> InsightError {
        InsightError::TooSlow(self.limits.time.as_secs())
    }

    /// Whether an event is left out because of who sent it. Bots that are left out are counted.
    pub(super) fn leaves_out(&self, is_bot: bool, time: i64) -> bool {
        let is_out = self.selection.bots.of_bots().is_some_and(|wanted| wanted != is_bot);
        self.bots.set(self.bots.get() + u64::from(is_out && is_bot && self.in_range(time)));
        is_out
    }

    /// Whether there is any filter.
    pub(super) fn is_filtered(&self) -> bool {
        let Selection { mobile, identified, properties, .. } = self.selection;
        mobile.is_some()
            || identified.is_some()
            || self.has.is_some()
            || !self.filters.is_empty()
            || !properties.is_empty()
    }

    /// The person behind a user's ID.
    pub(super) fn person(&self, user: TextId, is_identified: bool) -> TextId {
        if is_identified { user } else { self.people.owner(user) }
    }

    /// These members, and those that filters look at.
    fn also_reads(&self, mut reads: Reads) -> Reads {
        for filter in &self.filters {
            reads = read_column(reads, filter.column());
        }
        reads.mobile |= self.selection.mobile.is_some();
        if self.has.is_some() {
            reads = reads.session();
        }
        if self.selection.properties.is_empty() { reads } else { reads.data() }
    }

    pub(super) fn row<'f>(&self, fact: &'f Fact<TextId>) -> Result<Row<'f>, InsightError> {
        let person = fact.texts.user.map(|user| self.person(user, fact.identified));
        let lets = self.selection.mobile.is_none_or(|mobile| fact.mobile == Some(mobile))
            && self.selection.identified.is_none_or(|identified| fact.identified == identified)
            && self.has.as_ref().is_none_or(|has| fact.texts.session.is_some_and(|session| has.contains(session)))
            && self.lets(&self.filters, fact)?
            && self.has_properties(&self.selection.properties, fact)?;
        Ok(Row { fact, time: fact.time, person, lets })
    }

    fn lets(&self, filters: &[Filter<'_>], fact: &Fact<TextId>) -> Result<bool, InsightError> {
        for filter in filters {
            if !filter.lets(self.facts, fact, |bytes| self.keep(bytes))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn has_properties(&self, filters: &[PropertyFilter], fact: &Fact<TextId>) -> Result<bool, InsightError> {
        Ok(filters.is_empty() || property::lets(filters, &self.data(fact)?))
    }

    /// What a step of a funnel looks at.
    pub(super) fn step_reads(&self, step: &FunnelStep, mut reads: Reads) -> Reads {
        reads.texts.kind = READ;
        reads.texts.step = reads.texts.step.or(step.step.as_ref().and(READ));
        if !step.properties.is_empty() {
            reads = reads.data();
        }
        step.filters.iter().fold(reads, |reads, filter| read_column(reads, filter.column))
    }

    /// Whether a row is the event of a step of a funnel.
    pub(super) fn step<'f>(
        &'f self,
        step: &'f FunnelStep,
    ) -> Result<impl Fn(&Row<'_>) -> Result<bool, InsightError> + 'f, InsightError> {
        let (kind, filters) = (self.find(&step.kind)?, Filter::all(self.facts, &step.filters)?);
        let shown = step.step.as_deref().map(|shown| self.find(shown)).transpose()?;
        Ok(move |row: &Row<'_>| {
            let texts = &row.fact.texts;
            let is_of = kind.is_some() && kind == texts.kind && shown.is_none_or(|shown| shown == texts.step);
            Ok(is_of && self.lets(&filters, row.fact)? && self.has_properties(&step.properties, row.fact)?)
        })
    }

    /// Whether a time is in the range.
    pub(super) fn in_range(&self, time: i64) -> bool {
        (self.selection.from..self.selection.to).contains(&time)
    }

    /// Adds an ID to a set. Whether it was not there before.
    pub(super) fn add(&self, set: &mut Ids, id: Option<TextId>) -> Result<bool, InsightError> {
        let before = set.bytes();
        let is_new = id.is_some_and(|id| set.insert(id));
        if is_new {
            self.release(before);
            self.keep(set.bytes())?;
        }
        Ok(is_new)
    }

    /// The question keeps this many bytes less.
    pub(super) fn release(&self, bytes: usize) {
        self.bytes.set(self.bytes.get().saturating_sub(bytes));
    }

    /// The question keeps this many bytes more.
    pub(super) fn keep(&self, bytes: usize) -> Result<(), InsightError> {
        self.bytes.set(self.bytes.get() + bytes);
        if self.bytes.get() > self.limits.bytes { Err(InsightError::TooLarge(self.limits.bytes >> 20)) } else { Ok(()) }
    }

    pub(super) fn find(&self, text: &str) -> Result<Option<TextId>, InsightError> {
        Ok(self.facts.find(text)?)
    }

    /// The text with this ID.
    pub(super) fn text(&self, id: TextId) -> Result<String, InsightError> {
        if let Some(name) = self.names.borrow().get(&id) {
            return Ok(name.clone());
        }
        let name = self.facts.text(id)?;
        self.names.borrow_mut().insert(id, name.clone());
        Ok(name)
    }

    pub(super) fn optional(&self, id: Option<TextId>) -> Result<Option<String>, InsightError> {
        id.map(|id| self.text(id)).transpose()
    }

    /// Whether an anonymous ID belongs to one identified user.
    pub(super) fn is_linked(&self, user: TextId) -> bool {
        self.people.is_linked(user)
    }

    /// The `data` of an event as JSON.
    pub(super) fn data(&self, fact: &Fact<TextId>) -> Result<String, InsightError> {
        Ok(self.facts.data(fact.position)?.unwrap_or_default())
    }

    pub(super) fn event_id(&self, position: i64) -> Result<Option<String>, InsightError> {
        Ok(self.facts.event_id(position)?.map(|id| id.to_string()))
    }
}
