//! Inserts what is landed. A repeated insert leaves one row of each: its token is known to the table, or else the rows
//! replace each other.

use super::ClickHouse;
use super::landed::LandedEvent;
use super::refusal;
use crate::store::tab::numbers;
use crate::store::{Delivery, ErasureNotice, Fact, StoreError, Texts};
use clickhouse::{Client as Http, Row, RowWrite};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Longest wait for an insert.
const INSERT: Duration = Duration::from_secs(120);

const DAY_MS: i64 = 86_400_000;

/// The last day of ClickHouse's `Date`: never.
const NEVER: u16 = u16::MAX;

#[derive(Row, Serialize)]
struct EventRow<'e> {
    #[serde(with = "clickhouse::serde::uuid")]
    id: Uuid,
    site: &'e str,
    r#type: &'e str,
    day: u16,
    time: i64,
    received: i64,
    expires: u16,
    anonymous: Option<&'e str>,
    known: Option<&'e str>,
    linked: Option<&'e str>,
    at: i64,
    env: u32,
    seq: i64,
    identified: bool,
    bot: bool,
    mobile: Option<bool>,
    started_by: Option<i64>,
    session: Option<&'e str>,
    path: Option<&'e str>,
    content: Option<&'e str>,
    play: Option<&'e str>,
    step: Option<&'e str>,
    tab: Option<&'e str>,
    requested: Option<&'e str>,
    content_type: Option<&'e str>,
    name: Option<&'e str>,
    content_version: Option<&'e str>,
    title: Option<&'e str>,
    country: Option<&'e str>,
    city: Option<&'e str>,
    browser: Option<&'e str>,
    os: Option<&'e str>,
    recorder: Option<&'e str>,
    data: &'e str,
    body: &'e str,
}

#[derive(Row, Serialize)]
struct StoredRow<'e> {
    site: &'e str,
    tab: &'e str,
    seq: i64,
}

#[derive(Row, Serialize)]
struct DeliveryRow<'d> {
    site: &'d str,
    tab: String,
    received: i64,
    seq: u64,
    numbers: u64,
    accepted: u64,
    lost: Vec<(&'static str, u64)>,
}

#[derive(Row, Serialize)]
struct ErasureRow<'n> {
    site: &'n str,
    scope: &'static str,
    user: String,
    time: i64,
    source: &'static str,
}

impl ClickHouse {
    /// Inserts events. `token` stands for exactly these events: a second insert with it adds nothing. Once it returns,
    /// ClickHouse has all of them; after an error, try again with the same token.
    ///
    /// # Errors
    /// [`StoreError::Refused`]: something in the events is refused, and a second attempt is too. Other
    /// [`StoreError`]s may end.
    pub fn insert(&self, events: &[LandedEvent], token: &str) -> Result<(), StoreError> {
        self.insert_rows::<EventRow<'static>>("events", Some(token), events.iter().map(EventRow::of))?;
        // Only now: what is refused is not stored, and counts as missing.
        let stored = events.iter().map(|landed| StoredRow {
            site: &landed.event.site,
            tab: landed.fact.texts.tab.as_deref().unwrap_or_default(),
            seq: landed.fact.seq,
        });
        self.insert_rows::<StoredRow<'static>>("stored", Some(token), stored)
    }

    /// Inserts reports about tabs. `token` as for [`Self::insert`].
    ///
    /// # Errors
    /// [`StoreError`], as for [`Self::insert`].
    pub fn insert_deliveries(&self, deliveries: &[Delivery], token: &str) -> Result<(), StoreError> {
        let rows = deliveries.iter().map(|delivery| DeliveryRow {
            site: &delivery.site,
            tab: delivery.tab.to_string(),
            received: delivery.received,
            seq: delivery.seq,
            numbers: numbers(delivery.seq, delivery.events, delivery.last),
            accepted: delivery.accepted,
            lost: BTreeMap::from(delivery.lost).into_iter().collect(),
        });
        self.insert_rows::<DeliveryRow<'static>>("deliveries", Some(token), rows)
    }

    /// Inserts erasures. From then on nothing shows the events that they are about; [`Self::apply_erasures`] removes
    /// them.
    ///
    /// # Errors
    /// [`StoreError`], as for [`Self::insert`].
    pub fn insert_erasures(&self, notices: &[ErasureNotice]) -> Result<(), StoreError> {
        let rows = notices.iter().map(|notice| ErasureRow {
            site: notice.site.as_deref().unwrap_or_default(),
            scope: notice.scope.name(),
            user: notice.user.to_string(),
            time: notice.time,
            source: notice.source.name(),
        });
        self.insert_rows::<ErasureRow<'static>>("erasures", None, rows)
    }

    fn insert_rows<'r, T>(
        &self,
        table: &str,
        token: Option<&str>,
        rows: impl ExactSizeIterator<Item = T::Value<'r>> + Send,
    ) -> Result<(), StoreError>
    where
        T: Row + RowWrite,
    {
        // An empty insert would use up its token.
        if rows.len() == 0 {
            return Ok(());
        }
        let inserted = self.client.wait(INSERT, async |http: &Http| {
            let sent = send::<T>(http, table, token, rows).await;
            if sent.is_err() {
                // Somebody may have changed the table: its columns are read again.
                http.clear_cached_metadata().await;
            }
            sent
        });
        inserted.map_err(refusal::of_insert)
    }
}

async fn send<'r, T>(
    http: &Http,
    table: &str,
    token: Option<&str>,
    rows: impl Iterator<Item = T::Value<'r>>,
) -> Result<(), clickhouse::error::Error>
where
    T: Row + RowWrite,
{
    let mut insert = http.insert::<T>(table).await?;
    if let Some(token) = token {
        insert = insert.with_setting("insert_deduplication_token", token);
    }
    // Events of a tab may be of any month.
    insert = insert.with_setting("max_partitions_per_insert_block", "0");
    for row in rows {
        insert.write(&row).await?;
    }
    insert.end().await
}

impl<'e> EventRow<'e> {
    fn of(landed: &'e LandedEvent) -> Self {
        let LandedEvent { event, fact, data, expires } = landed;
        let Fact { time: at, env, seq, identified, bot, mobile, started_by, ref texts, .. } = *fact;
        let Texts { session, path, content, play, step, tab, requested, content_type, name, .. } = texts;
        let Texts { content_version, title, country, city, browser, os, recorder, .. } = texts;
        EventRow {
            id: event.id,
            site: &event.site,
            r#type: &event.kind,
            day: day_of(event.id),
            time: event.time,
            received: event.received,
            expires: expires.map_or(NEVER, |expires| day(expires).saturating_add(1)),
            anonymous: event.who.anonymous.as_deref(),
            known: event.who.known.as_deref(),
            linked: event.who.linked.as_deref(),
            at,
            env,
            seq,
            identified,
            bot,
            mobile,
            started_by,
            session: session.as_deref(),
            path: path.as_deref(),
            content: content.as_deref(),
            play: play.as_deref(),
            step: step.as_deref(),
            tab: tab.as_deref(),
            requested: requested.as_deref(),
            content_type: content_type.as_deref(),
            name: name.as_deref(),
            content_version: content_version.as_deref(),
            title: title.as_deref(),
            country: country.as_deref(),
            city: city.as_deref(),
            browser: browser.as_deref(),
            os: os.as_deref(),
            recorder: recorder.as_deref(),
            data,
            body: &event.body,
        }
    }
}

/// The day of the time that an ID begins with.
pub(super) fn day_of(id: Uuid) -> u16 {
    day(i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX))
}

/// The day of a time as ClickHouse counts it. A time that no `Date` has is the first or the last one.
fn day(time: i64) -> u16 {
    u16::try_from(time.div_euclid(DAY_MS).max(0)).unwrap_or(NEVER)
}
