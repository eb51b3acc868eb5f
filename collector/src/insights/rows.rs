//! The rows of a question: those of its site and environment, with whether its filters let them through, and with the
//! person behind the user's ID. Counts what the question costs.

use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::pattern::is_like;
use super::property;
use super::question::{FunnelStep, Limits};
use crate::store::{
    Column, Fact, FactRows, PropertyFilter, READ, Reads, Scan, Selection, StoreError, TextFilter, TextId,
};
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
    facts: &'r dyn FactRows,
    site: Option<TextId>,
    pub(super) selection: &'r Selection,
    filters: Vec<Resolved<'r>>,
    /// The sessions that have one of the required events.
    has: Option<Ids>,
    people: IdMap<TextId, TextId>,
    limits: Limits,
    begun: Instant,
    bytes: Cell<usize>,
    names: RefCell<HashMap<TextId, String>>,
    /// Events of bots that were left out of the range.
    pub(super) bots: Cell<u64>,
}

/// A row.
pub(super) struct Row<'f> {
    pub(super) fact: &'f Fact<TextId>,
    pub(super) time: i64,
    /// The user: the identified one to whom an anonymous ID belongs, where it belongs to one only.
    pub(super) person: Option<TextId>,
    /// Whether the filters let it through.
    pub(super) lets: bool,
}

/// A filter whose texts are IDs.
struct Resolved<'r> {
    filter: &'r TextFilter,
    values: Vec<Option<TextId>>,
    /// What the patterns say of each text.
    matched: RefCell<IdMap<TextId, bool>>,
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
            people: people(links),
            limits,
            begun,
            bytes: Cell::new(0),
            names: RefCell::default(),
            bots: Cell::new(0),
        };
        rows.filters = rows.resolve(&selection.filters)?;
        rows.has = rows.having()?;
        Ok(rows)
    }

    fn resolve<'f>(&self, filters: &'f [TextFilter]) -> Result<Vec<Resolved<'f>>, InsightError> {
        let resolve = |filter: &'f TextFilter| {
            let mut values = Vec::new();
            for value in &filter.values {
                match value {
                    None => values.push(None),
                    // A text that no event has lets nothing through.
                    Some(value) if !filter.column.is_pattern(value) => values.extend(self.facts.find(value)?.map(Some)),
                    Some(_) => {}
                }
            }
            Ok(Resolved { filter, values, matched: RefCell::default() })
        };
        filters.iter().map(resolve).collect()
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
        Ok(Kinds(found?))
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
        let Some(site) = self.site else { return Ok(()) };
        let Selection { env, from, to, bots, .. } = *self.selection;
        let mut scan = Scan::all(site, env, from.saturating_sub(before), to.saturating_add(after));
        scan.kinds = kinds.0.iter().copied().flatten().collect();
        scan.reads = self.also_reads(reads);
        if !kinds.0.is_empty() && scan.kinds.is_empty() {
            return Ok(());
        }
        match only {
            Some(Only::Session(session)) => scan.session = Some(*session),
            Some(Only::Content(content)) => scan.content = Some(*content),
            None => {}
        }
        let bots = bots.of_bots();
        let (mut failed, mut count) = (None, 0_u32);
        let mut visit = |fact: &Fact<TextId>| {
            count = count.wrapping_add(1);
            let result = match () {
                () if count.is_multiple_of(CLOCK) && self.begun.elapsed() > self.limits.time => {
                    Err(InsightError::TooSlow(self.limits.time.as_secs()))
                }
                () if bots.is_some_and(|wanted| wanted != fact.bot) => {
                    let is_counted = fact.bot && (from..to).contains(&fact.time);
                    self.bots.set(self.bots.get() + u64::from(is_counted));
                    Ok(())
                }
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

    /// These members, and those that filters look at.
    fn also_reads(&self, mut reads: Reads) -> Reads {
        for resolved in &self.filters {
            reads = read_column(reads, resolved.filter.column);
        }
        reads.mobile |= self.selection.mobile.is_some();
        if self.has.is_some() { reads.session() } else { reads }
    }

    fn row<'f>(&self, fact: &'f Fact<TextId>) -> Result<Row<'f>, InsightError> {
        let person = fact.texts.user.map(|user| match fact.identified {
            true => user,
            false => self.people.get(&user).copied().unwrap_or(user),
        });
        let lets = self.selection.mobile.is_none_or(|mobile| fact.mobile == Some(mobile))
            && self.selection.identified.is_none_or(|identified| fact.identified == identified)
            && self.has.as_ref().is_none_or(|has| fact.texts.session.is_some_and(|session| has.contains(session)))
            && self.lets(&self.filters, fact)?
            && self.has_properties(&self.selection.properties, fact)?;
        Ok(Row { fact, time: fact.time, person, lets })
    }

    fn lets(&self, filters: &[Resolved<'_>], fact: &Fact<TextId>) -> Result<bool, InsightError> {
        for resolved in filters {
            let text = text_of(resolved.filter.column, fact);
            let is = resolved.values.contains(&text) || self.is_matched(resolved, text)?;
            if is != resolved.filter.is {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_matched(
        &self,
        Resolved { filter, matched, .. }: &Resolved<'_>,
        text: Option<TextId>,
    ) -> Result<bool, InsightError> {
        let is_pattern = |value: &&String| filter.column.is_pattern(value);
        let mut patterns = filter.values.iter().flatten().filter(is_pattern).peekable();
        let Some(id) = text.filter(|_| patterns.peek().is_some()) else { return Ok(false) };
        if let Some(known) = matched.borrow().get(&id) {
            return Ok(*known);
        }
        let text = self.facts.text(id)?;
        let is = patterns.any(|pattern| is_like(&text, pattern));
        matched.borrow_mut().insert(id, is);
        self.keep(24)?;
        Ok(is)
    }

    fn has_properties(&self, filters: &[PropertyFilter], fact: &Fact<TextId>) -> Result<bool, InsightError> {
        Ok(filters.is_empty() || property::lets(filters, &self.data(fact)?))
    }

    /// What a step of a funnel looks at.
    pub(super) fn step_reads(&self, step: &FunnelStep, mut reads: Reads) -> Reads {
        reads.texts.kind = READ;
        reads.texts.step = reads.texts.step.or(step.step.as_ref().and(READ));
        step.filters.iter().fold(reads, |reads, filter| read_column(reads, filter.column))
    }

    /// Whether a row is the event of a step of a funnel.
    pub(super) fn step<'f>(
        &'f self,
        step: &'f FunnelStep,
    ) -> Result<impl Fn(&Row<'_>) -> Result<bool, InsightError> + 'f, InsightError> {
        let (kind, filters) = (self.find(&step.kind)?, self.resolve(&step.filters)?);
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

    /// The person behind a user's ID.
    pub(super) fn is_linked(&self, user: TextId) -> bool {
        self.people.contains_key(&user)
    }

    /// The `data` of an event as JSON.
    pub(super) fn data(&self, fact: &Fact<TextId>) -> Result<String, InsightError> {
        Ok(self.facts.data(fact.position)?.unwrap_or_default())
    }

    pub(super) fn event_id(&self, position: i64) -> Result<Option<String>, InsightError> {
        Ok(self.facts.event_id(position)?.map(|id| id.to_string()))
    }
}

/// The IDs of types, in the order in which they were asked for.
pub(super) struct Kinds(Vec<Option<TextId>>);

impl Kinds {
    pub(super) const ALL: Kinds = Kinds(Vec::new());

    /// The place of a row's type.
    pub(super) fn place(&self, row: &Row<'_>) -> Option<usize> {
        row.fact.texts.kind.and_then(|kind| self.0.iter().position(|of| *of == Some(kind)))
    }
}

/// Rows that an index finds.
pub(super) enum Only {
    Session(TextId),
    Content(TextId),
}

/// These members, and the text of a column.
pub(super) fn read_column(mut reads: Reads, column: Column) -> Reads {
    let texts = &mut reads.texts;
    *match column {
        Column::Type => &mut texts.kind,
        Column::Path => &mut texts.path,
        Column::Content => &mut texts.content,
        Column::Version => &mut texts.content_version,
        Column::Country => &mut texts.country,
        Column::Browser => &mut texts.browser,
        Column::Os => &mut texts.os,
    } = READ;
    reads
}

fn text_of(column: Column, fact: &Fact<TextId>) -> Option<TextId> {
    match column {
        Column::Type => fact.texts.kind,
        Column::Path => fact.texts.path,
        Column::Content => fact.texts.content,
        Column::Version => fact.texts.content_version,
        Column::Country => fact.texts.country,
        Column::Browser => fact.texts.browser,
        Column::Os => fact.texts.os,
    }
}

/// The identified user of each anonymous ID that belongs to one only. A browser that two people used is neither's.
fn people(links: Vec<(TextId, TextId)>) -> IdMap<TextId, TextId> {
    let mut people = IdMap::<TextId, Option<TextId>>::default();
    for (anonymous, known) in links {
        people.entry(anonymous).and_modify(|of| *of = of.filter(|of| *of == known)).or_insert(Some(known));
    }
    people.into_iter().filter_map(|(anonymous, known)| known.map(|known| (anonymous, known))).collect()
}
