//! Packs facts into row groups. In: stretches of time with enough facts among which no others are expected. Out: their
//! columns. A long stretch is first cut in two. Facts are read before the writer is locked; if they have changed since,
//! nothing is written.

use super::read;
use crate::store::facts::row_group::{Part, RowGroup};
use crate::store::sqlite::{Sqlite, lock};
use crate::store::{Packing, Reads, Scan, StoreError, TextId};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::ops::ControlFlow;

/// A stretch with fewer than this part of a group's facts is not worth one. Only erasures leave such.
const SMALLEST: usize = 16;

const STRETCH: &str = "SELECT id, site, env, start, until, facts, changes, packed FROM row_groups";

/// A stretch of time of a site's environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    id: i64,
    site: TextId,
    env: u32,
    start: i64,
    until: i64,
    facts: usize,
    /// How often its facts have changed.
    changes: i64,
    is_packed: bool,
}

enum Next {
    /// Cut it at this time.
    Cut(Stretch, i64),
    /// Pack it.
    Pack(Stretch, Box<RowGroup>),
}

impl Sqlite {
    pub(super) fn pack_next(&self, packing: Packing) -> Result<bool, StoreError> {
        let next = self.read(|reader| {
            let snapshot = reader.unchecked_transaction()?;
            Ok(next(&snapshot, packing))
        })??;
        match next {
            None => return Ok(false),
            Some(Next::Cut(stretch, at)) => self.cut(&stretch, at)?,
            Some(Next::Pack(stretch, group)) => self.write_group(&stretch, &group)?,
        }
        Ok(true)
    }

    fn cut(&self, stretch: &Stretch, at: i64) -> Result<(), StoreError> {
        const COUNT: &str = "
            SELECT count(*) FROM facts NOT INDEXED WHERE site = ?1 AND time >= ?2 AND time < ?3 AND env = ?4";
        const FIRST: &str = "UPDATE row_groups SET until = ?2, facts = ?3, changes = changes + 1 WHERE id = ?1";
        const SECOND: &str = "
            INSERT INTO row_groups (site, env, start, until, facts, changes, packed) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)";
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(now) = same(&transaction, stretch)? else { return Ok(()) };
        let Stretch { id, site, env, start, until, facts, .. } = now;
        let (site, facts) = (site.number(), i64::try_from(facts).unwrap_or(i64::MAX));
        let count = |row: &Row<'_>| row.get::<_, i64>(0);
        let first = transaction.prepare_cached(COUNT)?.query_row(params![site, start, at, env], count)?;
        transaction.prepare_cached(FIRST)?.execute([id, at, first])?;
        transaction.prepare_cached(SECOND)?.execute(params![site, env, at, until, facts - first])?;
        Ok(transaction.commit()?)
    }

    fn write_group(&self, stretch: &Stretch, group: &RowGroup) -> Result<(), StoreError> {
        const WRITE: &str = "
            INSERT INTO group_columns (row_group, name, data) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET data = excluded.data";
        const DONE: &str = "UPDATE row_groups SET packed = 1 WHERE id = ?1";
        let columns: Vec<_> = Part::all().map(|part| (part.name(), group.bytes(part))).collect();
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if same(&transaction, stretch)? != Some(*stretch) {
            return Ok(());
        }
        for (name, data) in columns {
            transaction.prepare_cached(WRITE)?.execute(params![stretch.id, name, data])?;
        }
        transaction.prepare_cached(DONE)?.execute([stretch.id])?;
        Ok(transaction.commit()?)
    }
}

/// The stretch as it is now, if it is still the same one.
fn same(connection: &Connection, was: &Stretch) -> rusqlite::Result<Option<Stretch>> {
    let mut find = connection.prepare_cached(&format!("{STRETCH} WHERE id = ?1"))?;
    let now = find.query_row([was.id], stretch).optional()?.flatten();
    let is_same = |now: &Stretch| {
        !now.is_packed && (now.site, now.env, now.start, now.until) == (was.site, was.env, was.start, was.until)
    };
    Ok(now.filter(is_same))
}

/// The next to do.
fn next(snapshot: &Connection, Packing { rows, before }: Packing) -> Result<Option<Next>, StoreError> {
    let smallest = i64::try_from((rows / SMALLEST).max(1)).unwrap_or(i64::MAX);
    let mut loose = snapshot.prepare_cached(&format!("{STRETCH} WHERE packed = 0 AND facts >= ?1"))?;
    let loose: Vec<_> = loose.query_map([smallest], stretch)?.collect::<Result<_, _>>()?;
    for stretch in loose.into_iter().flatten() {
        let is_last = stretch.until == i64::MAX;
        if is_last && stretch.facts <= rows {
            continue;
        }
        if is_last || stretch.facts >= 2 * rows {
            match cut_at(snapshot, &stretch, rows)? {
                Some(at) if at <= before => return Ok(Some(Next::Cut(stretch, at))),
                None if !is_last => {}
                _ => continue,
            }
        }
        return Ok(Some(Next::Pack(stretch, Box::new(loose_rows(snapshot, &stretch)?))));
    }
    Ok(None)
}

/// The time at which to cut so that the first part has about this many facts. Facts of one time stay together.
fn cut_at(snapshot: &Connection, stretch: &Stretch, rows: usize) -> rusqlite::Result<Option<i64>> {
    const NTH: &str = "
        SELECT time FROM facts NOT INDEXED WHERE site = ?1 AND time >= ?2 AND time < ?3 AND env = ?4
        ORDER BY time LIMIT 1 OFFSET ?5";
    let nth = |after: i64, n: usize| {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let of = params![stretch.site.number(), after, stretch.until, stretch.env, n];
        snapshot.prepare_cached(NTH)?.query_row(of, |row| row.get::<_, i64>(0)).optional()
    };
    let (first, at) = (nth(stretch.start, 0)?, nth(stretch.start, rows)?);
    match (first, at) {
        (Some(first), Some(at)) if at <= first => nth(first.saturating_add(1), 0),
        _ => Ok(at),
    }
}

/// The facts of a stretch, of the columns `reads`.
fn loose_rows(snapshot: &Connection, stretch: &Stretch) -> Result<RowGroup, StoreError> {
    let scan = Scan { reads: Reads::ALL, ..Scan::all(stretch.site, stretch.env, stretch.start, stretch.until) };
    let mut group = RowGroup::new(stretch.env);
    read::loose(snapshot, &scan, &mut |fact| {
        group.push(fact);
        ControlFlow::Continue(())
    })?;
    Ok(group)
}

/// How many stretches have another number of facts than they say, or other packed ones than there are.
pub(in crate::store::sqlite) fn unequal(connection: &Connection) -> Result<usize, StoreError> {
    const UNCOUNTED: &str = "SELECT (SELECT count(*) FROM facts) <> coalesce(sum(facts), 0) FROM row_groups";
    let stretches: Vec<_> = connection
        .prepare(STRETCH)?
        .query_map([], stretch)?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let is_uncounted: bool = connection.query_row(UNCOUNTED, [], |row| row.get(0))?;
    let mut unequal = usize::from(is_uncounted);
    for stretch in stretches {
        let facts = loose_rows(connection, &stretch)?;
        let is_equal = facts.len() == stretch.facts
            && (!stretch.is_packed || {
                let mut packed = RowGroup::new(stretch.env);
                read::group(connection, (stretch.id, stretch.facts), &Reads::ALL, &mut packed)?;
                packed.rows() == facts.rows() && facts.rows().all(|row| packed.fact(row) == facts.fact(row))
            });
        unequal += usize::from(!is_equal);
    }
    Ok(unequal)
}

/// `None` for a site that is no text.
fn stretch(row: &Row<'_>) -> rusqlite::Result<Option<Stretch>> {
    let Some(site) = TextId::of(row.get(1)?) else { return Ok(None) };
    Ok(Some(Stretch {
        id: row.get(0)?,
        site,
        env: row.get(2)?,
        start: row.get(3)?,
        until: row.get(4)?,
        facts: row.get::<_, i64>(5)?.try_into().unwrap_or_default(),
        changes: row.get(6)?,
        is_packed: row.get(7)?,
    }))
}
