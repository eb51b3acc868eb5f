//! Reads events: by ID, by arrival, by user. What was erased and is still there is not shown.

use super::ClickHouse;
use super::erasure::unlogged;
use super::insert::day_of;
use crate::store::{BotFilter, Filter, Found, ReadEvents, StoreError, StoredEvent, Subject, UserIds};
use crate::time::clock::now;
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// What is read of an event. `id` is its text: ClickHouse sorts IDs by their second half.
const EVENT: &str = "SELECT events.id AS id, site, received, anonymous, known, linked, body FROM events FINAL";

/// How far back the newest events are looked for first.
const LATELY_MS: i64 = 600_000;

#[derive(Row, Deserialize)]
struct EventRow {
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    site: String,
    received: i64,
    anonymous: Option<String>,
    known: Option<String>,
    linked: Option<String>,
    body: String,
}

impl ReadEvents for ClickHouse {
    fn page(&self, filter: &Filter, after: Option<Uuid>, limit: usize) -> Result<Vec<Found>, StoreError> {
        let ids = (filter.first_after(after), filter.end());
        let (mut found, mut from, mut width) = (Vec::new(), day_of(ids.0), 1);
        while found.len() < limit && ids.0 < ids.1 {
            let Some(next) = self.next_day(filter, from, ids)? else { break };
            let to = next.saturating_add(width - 1);
            let range = Range { days: (next, to), ids, received: i64::MIN };
            found.extend(self.rows(filter, range, "toString(events.id)", limit - found.len())?);
            // Where little is stored, more days are looked through at once.
            width = width.saturating_mul(4);
            match to.checked_add(1) {
                Some(next) => from = next,
                None => break,
            }
        }
        self.shown(found)
    }

    fn newest(&self, filter: &Filter, limit: usize) -> Result<Vec<Found>, StoreError> {
        const ORDER: &str = "received DESC, seq DESC, toString(events.id) DESC";
        let ids = (filter.first(), filter.end());
        let mut rows = Vec::new();
        // What arrived lately is found without the rest.
        for received in [now().saturating_sub(LATELY_MS), i64::MIN] {
            let range = Range { days: (day_of(ids.0), day_of(ids.1)), ids, received };
            rows = self.rows(filter, range, ORDER, limit)?;
            if rows.len() >= limit {
                break;
            }
        }
        rows.reverse();
        self.shown(rows)
    }

    fn get(&self, ids: &[Uuid]) -> Result<Vec<Found>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // An ID has its day, so that the others are not looked through.
        let sql = format!("{EVENT} WHERE events.day IN arrayMap(day -> toDate(day), ?) AND toString(events.id) IN ?");
        let days: BTreeSet<_> = ids.iter().map(|id| day_of(*id)).collect();
        let (days, wanted): (Vec<_>, Vec<_>) = (days.into_iter().collect(), ids.iter().map(Uuid::to_string).collect());
        let rows = self
            .client
            .ask(async |http: &Http| http.query(&sql).bind(&days).bind(&wanted).fetch_all::<EventRow>().await)?;
        let found: BTreeMap<_, _> = self.shown(rows)?.into_iter().collect();
        Ok(ids.iter().filter_map(|id| found.get(id).map(|body| (*id, Arc::clone(body)))).collect())
    }

    fn events_about(&self, subject: &Subject) -> Result<Vec<Uuid>, StoreError> {
        let ids = self.ids(subject)?;
        let mut found: Vec<_> = self.shown_about(subject, &ids)?.into_iter().map(|(id, _)| id).collect();
        found.sort_unstable();
        Ok(found)
    }

    fn sites(&self) -> Result<Vec<String>, StoreError> {
        // Reports about tabs stay when events are erased.
        const SITES: &str = "SELECT DISTINCT site FROM deliveries ORDER BY site";
        self.client.ask(async |http: &Http| http.query(SITES).fetch_all::<String>().await)
    }
}

/// What a read looks through.
#[derive(Clone, Copy)]
struct Range {
    /// The first and the last day of an ID, as ClickHouse counts days.
    days: (u16, u16),
    /// The first ID, and the first one after the range.
    ids: (Uuid, Uuid),
    /// What arrived from then on, epoch ms.
    received: i64,
}

impl ClickHouse {
    /// The first day from `from` on with an event that matches.
    fn next_day(&self, filter: &Filter, from: u16, ids: (Uuid, Uuid)) -> Result<Option<u16>, StoreError> {
        #[derive(Row, Deserialize)]
        struct First {
            first: u16,
            count: u64,
        }
        let range = Range { days: (from, day_of(ids.1)), ids, received: i64::MIN };
        let (conditions, texts) = conditions(filter, range);
        let sql = format!("SELECT min(day) AS first, count() AS count FROM events WHERE {conditions}");
        let First { first, count } = self.client.ask(async |http: &Http| {
            texts.iter().fold(http.query(&sql), |query, text| query.bind(text)).fetch_one().await
        })?;
        Ok((count > 0).then_some(first))
    }

    fn rows(&self, filter: &Filter, range: Range, order: &str, limit: usize) -> Result<Vec<EventRow>, StoreError> {
        let (conditions, texts) = conditions(filter, range);
        let sql = format!("{EVENT} WHERE {conditions} ORDER BY {order} LIMIT {limit}");
        self.client.ask(async |http: &Http| {
            texts.iter().fold(http.query(&sql), |query, text| query.bind(text)).fetch_all().await
        })
    }

    /// The body of an event.
    pub(super) fn body(&self, id: Uuid) -> Result<Option<String>, StoreError> {
        Ok(self.get(&[id])?.pop().map(|(_, body)| body.to_string()))
    }

    /// All IDs of a user, the requested one first.
    pub(in crate::store) fn ids(&self, subject: &Subject) -> Result<Vec<String>, StoreError> {
        #[derive(Row, Deserialize)]
        struct Link {
            site: String,
            linked: String,
            anonymous: Option<String>,
            known: Option<String>,
            received: i64,
        }
        // The links of the user, and who else has the same. The newest of equal ones is the last to be erased.
        const LINKS: &str = "
            SELECT site, assumeNotNull(events.linked) AS linked, anonymous, known, max(events.received) AS received
            FROM events FINAL
            WHERE (? = '' OR site = ?)
                AND events.linked IN (SELECT linked FROM events WHERE known = ? AND linked IS NOT NULL)
            GROUP BY site, events.linked, anonymous, known";
        let (id, site) = (&subject.id, subject.site.as_deref().unwrap_or_default());
        let links = self.client.ask(async |http: &Http| {
            unlogged(http.query(LINKS)).bind(site).bind(site).bind(id).fetch_all::<Link>().await
        })?;
        let tombstones = self.pending(now())?;
        let (mut mine, mut others) = (BTreeSet::new(), BTreeSet::new());
        for Link { site, linked, anonymous, known, received } in links {
            let who = UserIds { anonymous, known, linked: Some(linked.clone()) };
            if !tombstones.has(&site, &who, received) {
                let is_mine = who.known.as_ref() == Some(id);
                if is_mine {
                    mine.insert(linked)
                } else {
                    others.insert(linked)
                };
            }
        }
        let linked = mine.into_iter().filter(|linked| linked != id && !others.contains(linked));
        Ok([id.clone()].into_iter().chain(linked).collect())
    }

    /// The events of a user with these IDs.
    pub(super) fn shown_about(&self, subject: &Subject, ids: &[String]) -> Result<Vec<Found>, StoreError> {
        self.shown(self.rows_about(subject, ids)?)
    }

    fn rows_about(&self, subject: &Subject, ids: &[String]) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!("{EVENT} WHERE (? = '' OR site = ?) AND (anonymous IN ? OR known IN ? OR linked IN ?)");
        let site = subject.site.as_deref().unwrap_or_default();
        self.client.ask(async |http: &Http| {
            unlogged(http.query(&sql)).bind(site).bind(site).bind(ids).bind(ids).bind(ids).fetch_all().await
        })
    }

    /// The events without those that were erased.
    fn shown(&self, rows: Vec<EventRow>) -> Result<Vec<Found>, StoreError> {
        let tombstones = self.pending(now())?;
        let events = rows.into_iter().map(|row| {
            let EventRow { id, site, received, anonymous, known, linked, body } = row;
            let who = UserIds { anonymous, known, linked };
            StoredEvent { id, site, kind: String::new(), time: 0, received, who, body: body.into() }
        });
        Ok(events.filter(|event| !tombstones.is_erased(event)).map(|event| (event.id, event.body)).collect())
    }
}

/// What a filter and a range say of an event, and the texts that this binds.
fn conditions(filter: &Filter, range: Range) -> (String, Vec<String>) {
    let Range { days: (first, last), ids, received } = range;
    let mut conditions = format!("toUInt16(events.day) BETWEEN {first} AND {last}");
    let mut texts = Vec::new();
    let mut add = |condition: &str, text: String| {
        conditions.push_str(condition);
        texts.push(text);
    };
    for (condition, text) in [(" AND events.site = ?", &filter.site), (" AND events.type = ?", &filter.kind)] {
        if let Some(text) = text {
            add(condition, text.clone());
        }
    }
    if ids.0 > Uuid::nil() {
        add(" AND toString(events.id) >= ?", ids.0.to_string());
    }
    if ids.1 < Uuid::max() {
        add(" AND toString(events.id) < ?", ids.1.to_string());
    }
    match filter.bots.and_then(BotFilter::of_bots) {
        None => {}
        Some(true) => conditions += " AND bot",
        Some(false) => conditions += " AND NOT bot",
    }
    if received > i64::MIN {
        conditions += &format!(" AND received >= fromUnixTimestamp64Milli({received})");
    }
    (conditions, texts)
}
