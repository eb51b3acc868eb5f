//! Reads facts in one transaction of a reader: packed ones by their columns, others by rows.

use super::{FOLLOWER, queries};
use crate::store::facts::extract::data_of;
use crate::store::facts::row::Texts;
use crate::store::facts::row_group::{Part, RowGroup};
use crate::store::sqlite::Sqlite;
use crate::store::{
    Behind, Fact, FactRows, Packing, READ, ReadFacts, Reads, Scan, Selection, StoreError, TextId, Visit, VisitGroup,
    WithFacts,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::ops::ControlFlow::{Break, Continue};
use uuid::Uuid;

impl ReadFacts for Sqlite {
    fn with_facts(&self, with: WithFacts<'_>) -> Result<(), StoreError> {
        self.read(|reader| {
            // Facts and texts of one commit.
            let snapshot = reader.unchecked_transaction()?;
            Ok(with(&Snapshot(&snapshot)))
        })?
    }
}

struct Snapshot<'r>(&'r Connection);

impl FactRows for Snapshot<'_> {
    fn scan(&self, scan: &Scan, visit: Visit<'_>) -> Result<(), StoreError> {
        let (mut is_over, mut group) = (false, RowGroup::new(scan.env));
        for stretch in stretches(self.0, scan)? {
            match stretch {
                Stretch::Loose { from, to } => {
                    let scan = Scan { from, to, ..scan.clone() };
                    loose(self.0, &scan, &mut |fact| {
                        let flow = visit(fact);
                        is_over = flow.is_break();
                        flow
                    })?;
                }
                Stretch::Packed { id, facts } => {
                    packed(self.0, (id, facts), scan, &mut group)?;
                    is_over = !group.each(&scan.kinds, |fact| visit(fact).is_continue());
                }
            }
            if is_over {
                break;
            }
        }
        Ok(())
    }

    fn scan_groups(&self, scan: &Scan, visit: VisitGroup<'_>) -> Result<(), StoreError> {
        let (mut flow, mut read) = (Continue(()), RowGroup::new(scan.env));
        for stretch in stretches(self.0, scan)? {
            match stretch {
                Stretch::Loose { from, to } => {
                    let mut group = RowGroup::new(scan.env);
                    loose(self.0, &Scan { from, to, ..scan.clone() }, &mut |fact| {
                        group.push(fact);
                        if group.len() >= Packing::ROWS {
                            flow = visit(&std::mem::replace(&mut group, RowGroup::new(scan.env)));
                        }
                        flow
                    })?;
                    if flow.is_continue() && group.len() > 0 {
                        flow = visit(&group);
                    }
                }
                Stretch::Packed { id, facts } => {
                    packed(self.0, (id, facts), scan, &mut read)?;
                    flow = visit(&read);
                }
            }
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find(&self, text: &str) -> Result<Option<TextId>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT id FROM texts WHERE text = ?1")?;
        let found: Option<i64> = find.query_row([text], |row| row.get(0)).optional()?;
        Ok(found.and_then(TextId::of))
    }

    fn text(&self, id: TextId) -> Result<String, StoreError> {
        let mut text = self.0.prepare_cached("SELECT text FROM texts WHERE id = ?1")?;
        Ok(text.query_row([id.number()], |row| row.get(0))?)
    }

    fn links(&self, site: TextId) -> Result<Vec<(TextId, TextId)>, StoreError> {
        const LINKS: &str = "
            SELECT DISTINCT linked, user FROM facts INDEXED BY fact_links
            WHERE site = ?1 AND linked IS NOT NULL AND user IS NOT NULL";
        let mut links = self.0.prepare_cached(LINKS)?;
        let pair = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let pairs: Vec<_> = links.query_map([site.number()], pair)?.collect::<Result<_, _>>()?;
        Ok(pairs.into_iter().filter_map(|(linked, user)| TextId::of(linked).zip(TextId::of(user))).collect())
    }

    fn event_id(&self, position: i64) -> Result<Option<Uuid>, StoreError> {
        let mut id = self.0.prepare_cached("SELECT id FROM events WHERE n = ?1")?;
        Ok(id.query_row([position], |row| row.get(0).map(Uuid::from_bytes)).optional()?)
    }

    fn data(&self, position: i64) -> Result<Option<String>, StoreError> {
        let mut body = self.0.prepare_cached("SELECT body FROM events WHERE n = ?1")?;
        let data = body.query_row([position], |row| Ok(data_of(row.get_ref(0)?.as_str().unwrap_or_default())));
        Ok(data.optional()?.flatten())
    }

    fn sql(&self, name: &str, selection: &Selection) -> Option<String> {
        queries::sql(name, selection)
    }

    fn behind(&self) -> Result<Behind, StoreError> {
        const BEHIND: &str = "
            WITH made AS (SELECT coalesce((SELECT position FROM cursors WHERE name = ?1), 0) AS upto)
            SELECT (SELECT coalesce(max(n), 0) FROM events) - upto,
                (SELECT received FROM events WHERE n > upto ORDER BY n LIMIT 1)
            FROM made";
        let mut behind = self.0.prepare_cached(BEHIND)?;
        let read =
            |row: &Row<'_>| Ok(Behind { events: row.get::<_, i64>(0)?.max(0).unsigned_abs(), since: row.get(1)? });
        Ok(behind.query_row([FOLLOWER], read)?)
    }
}

/// A stretch of time.
enum Stretch {
    Loose { from: i64, to: i64 },
    Packed { id: i64, facts: usize },
}

/// The stretches of a scan, by time. What is in no packed one is read by rows. Sessions and contents have an index.
fn stretches(connection: &Connection, scan: &Scan) -> rusqlite::Result<Vec<Stretch>> {
    const PACKED: &str = "
        SELECT id, facts, start, until FROM row_groups
        WHERE site = ?1 AND env = ?2 AND packed AND until > ?3 AND start < ?4 ORDER BY start";
    let (mut stretches, mut from) = (Vec::new(), scan.from);
    if scan.session.is_none() && scan.content.is_none() {
        let mut packed = connection.prepare_cached(PACKED)?;
        let mut rows = packed.query(params![scan.site.number(), scan.env, scan.from, scan.to])?;
        while let Some(row) = rows.next()? {
            let (start, until): (i64, i64) = (row.get(2)?, row.get(3)?);
            if from < start {
                stretches.push(Stretch::Loose { from, to: start });
            }
            let facts = row.get::<_, i64>(1)?.try_into().unwrap_or_default();
            stretches.push(Stretch::Packed { id: row.get(0)?, facts });
            from = until;
        }
    }
    if from < scan.to {
        stretches.push(Stretch::Loose { from, to: scan.to });
    }
    Ok(stretches)
}

/// Reads the rows of a scan in a packed stretch, into a group whose memory is used again.
fn packed(connection: &Connection, stretch: (i64, usize), scan: &Scan, into: &mut RowGroup) -> Result<(), StoreError> {
    let mut reads = scan.reads;
    if !scan.kinds.is_empty() {
        reads.texts.kind = READ;
    }
    group(connection, stretch, &reads, into)?;
    into.keep_between(scan.from, scan.to);
    Ok(())
}

/// Reads a packed stretch by its ID and the number of its facts.
pub(super) fn group(
    connection: &Connection,
    (id, facts): (i64, usize),
    reads: &Reads,
    group: &mut RowGroup,
) -> Result<(), StoreError> {
    let mut column = connection.prepare_cached("SELECT data FROM group_columns WHERE row_group = ?1 AND name = ?2")?;
    for part in Part::all().filter(|part| part.is_read(reads)) {
        let read = |row: &Row<'_>| Ok(row.get_ref(0)?.as_blob().map(|data| group.read(part, facts, data)));
        column.query_row(params![id, part.name()], read)?.map_err(|_| StoreError::Damaged)??;
    }
    Ok(())
}

/// Visits the rows of a scan by time, without packed stretches.
pub(super) fn loose(connection: &Connection, scan: &Scan, visit: Visit<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(&sql(scan))?;
    let mut rows = statement.query(params![scan.site.number(), scan.from, scan.to, scan.env])?;
    let places = Places::of(&scan.reads);
    while let Some(row) = rows.next()? {
        if visit(&fact(row, &places, scan.env)?) == Break(()) {
            break;
        }
    }
    Ok(())
}

/// The rows of a scan by time. IDs of texts are numbers, and stand in the statement.
fn sql(scan: &Scan) -> String {
    let index = match (scan.session, scan.content) {
        (Some(_), _) => "INDEXED BY fact_sessions",
        (None, Some(_)) => "INDEXED BY fact_contents",
        (None, None) => "NOT INDEXED",
    };
    let only =
        |column: &str, id: Option<TextId>| id.map_or_else(String::new, |id| format!(" AND {column} = {}", id.number()));
    let kinds: Vec<_> = scan.kinds.iter().map(|kind| kind.number().to_string()).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" AND kind IN ({})", kinds.join(", ")) };
    format!(
        "SELECT {}
         FROM facts {index} WHERE site = ?1 AND time >= ?2 AND time < ?3 AND env = ?4{kinds}{}{} ORDER BY time",
        columns(&scan.reads).join(", "),
        only("session", scan.session),
        only("content", scan.content)
    )
}

/// The columns of a scan: four that are always read, then those that were asked for.
fn columns(reads: &Reads) -> Vec<&'static str> {
    // The position comes with the key of a row.
    let Reads { texts, seq, received, mobile, started_by, position: _, data: _ } = reads;
    let numbers = [*seq, *received, *mobile, *started_by].into_iter().zip(NUMBERS);
    let texts = texts.all().into_iter().zip(Texts::<()>::NAMES);
    let asked = numbers.filter(|(read, _)| *read).map(|(_, name)| name);
    ["n", "time", "identified", "bot"]
        .into_iter()
        .chain(asked)
        .chain(texts.filter(|(read, _)| read.is_some()).map(|(_, name)| *name))
        .collect()
}

const NUMBERS: [&str; 4] = ["seq", "received", "mobile", "started_by"];

/// The places of what was asked for among the columns of a scan.
struct Places {
    numbers: [Option<usize>; NUMBERS.len()],
    texts: [Option<usize>; Texts::<()>::NAMES.len()],
}

impl Places {
    fn of(reads: &Reads) -> Self {
        let mut next = 4..;
        let mut place = |is_read: bool| if is_read { next.next() } else { None };
        let Reads { texts, seq, received, mobile, started_by, position: _, data: _ } = reads;
        let numbers = [*seq, *received, *mobile, *started_by].map(&mut place);
        Places { numbers, texts: texts.all().map(|read| place(read.is_some())) }
    }
}

fn fact(row: &Row<'_>, Places { numbers, texts }: &Places, env: u32) -> rusqlite::Result<Fact<TextId>> {
    let [seq, received, mobile, started_by] = *numbers;
    let number = |place: Option<usize>| place.map_or(Ok(None), |place| row.get::<_, Option<i64>>(place));
    Ok(Fact {
        position: row.get(0)?,
        time: row.get(1)?,
        identified: row.get(2)?,
        bot: row.get(3)?,
        env,
        seq: number(seq)?.unwrap_or_default(),
        received: number(received)?.unwrap_or_default(),
        mobile: number(mobile)?.map(|mobile| mobile != 0),
        started_by: number(started_by)?,
        texts: Texts::read(|text| {
            let id = number(texts.get(text).copied().flatten())?;
            Ok::<_, rusqlite::Error>(id.and_then(TextId::of))
        })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::lock;

    #[test]
    fn each_question_reads_its_own_rows_in_the_order_of_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&dir.path().join("events.db")).unwrap();
        let one = TextId::of(1).unwrap();
        let all = Scan::all(one, 0, 0, 9);
        let (session, content) =
            (Scan { session: Some(one), ..all.clone() }, Scan { content: Some(one), ..all.clone() });
        for (scan, expected) in [
            (all, "SEARCH facts USING PRIMARY KEY (site=? AND time>? AND time<?)"),
            (session, "SEARCH facts USING INDEX fact_sessions (session=? AND site=? AND time>? AND time<?)"),
            (content, "SEARCH facts USING INDEX fact_contents (content=? AND site=? AND time>? AND time<?)"),
        ] {
            let writer = lock(&store.writer);
            let mut plan = writer.prepare(&format!("EXPLAIN QUERY PLAN {}", sql(&scan))).unwrap();
            let plan: Vec<String> =
                plan.query_map(params![1, 0, 9, 0], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert_eq!(plan, [expected]);
        }
    }
}
