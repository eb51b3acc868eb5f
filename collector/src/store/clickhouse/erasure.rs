//! Erases events of users. A request is a tombstone, after which nothing shows the events; the rows go with all others
//! of the hour, because ClickHouse writes the parts anew that had them.

use super::ClickHouse;
use super::tombstones::Tombstones;
use crate::store::{Erasure, ErasureNotice, ErasureScope, ErasureSource, StoreError, Subject, UserHash};
use crate::time::clock::now;
use clickhouse::query::Query;
use clickhouse::{Client as Http, Row};
use serde::Deserialize;
use std::time::Duration;

/// Longest wait for a removal.
pub(super) const REMOVAL: Duration = Duration::from_secs(3_600);

/// Erasures of one removal: statements have a length.
const TOGETHER: usize = 1_000;

/// How long what an erasure is about may still come: as long as a topic keeps it. Landers know all erasures; the rest
/// looks for what came in between.
const PENDING_MS: i64 = 8 * 86_400_000;

#[derive(Row, Deserialize)]
struct ErasureRow {
    site: String,
    scope: String,
    user: String,
    time: i64,
}

impl ClickHouse {
    /// All erasures.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tombstones(&self) -> Result<Tombstones, StoreError> {
        self.tombstones_since(0)
    }

    /// The erasures that events may not have gone by yet.
    pub(super) fn pending(&self, now: i64) -> Result<Tombstones, StoreError> {
        self.tombstones_since(now.saturating_sub(PENDING_MS).max(0))
    }

    fn tombstones_since(&self, time: i64) -> Result<Tombstones, StoreError> {
        let rows = self.client.ask(async |http: &Http| {
            let all = "SELECT site, scope, user, time FROM erasures FINAL WHERE recorded >= toDateTime(?)";
            http.query(all).bind(time / 1_000).fetch_all::<ErasureRow>().await
        })?;
        let mut tombstones = Tombstones::default();
        for ErasureRow { site, scope, user, time } in rows {
            let site = Some(site).filter(|site| !site.is_empty());
            if let (Some(user), Some(scope)) = (UserHash::from_hex(&user), ErasureScope::named(&scope)) {
                tombstones.add(user, site, scope, time);
            }
        }
        Ok(tombstones)
    }

    /// Erases the events of `site` with the anonymous ID `user`. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`]: nothing is erased.
    pub(in crate::store) fn forget(&self, site: &str, user: &str, time: i64) -> Result<usize, StoreError> {
        const COUNT: &str = "
            SELECT count() FROM events FINAL
            WHERE site = ? AND anonymous = ? AND received > fromUnixTimestamp64Milli(?)";
        let before = self.pending(now())?.until(site, user, true).unwrap_or_default();
        let found: u64 = self.client.ask(async |http: &Http| {
            unlogged(http.query(COUNT)).bind(site).bind(user).bind(before).fetch_one().await
        })?;
        let (scope, source) = (ErasureScope::Anonymous, ErasureSource::Browser);
        let (site, user) = (Some(site.to_owned()), UserHash::of(user));
        self.insert_erasures(&[ErasureNotice { number: 0, site, user, scope, time, source }])?;
        Ok(usize::try_from(found).unwrap_or(usize::MAX))
    }

    /// Erases all events of a user.
    ///
    /// # Errors
    /// [`StoreError`]: nothing is erased.
    pub(in crate::store) fn erase(
        &self,
        subject: &Subject,
        asked: ErasureSource,
        time: i64,
    ) -> Result<Erasure, StoreError> {
        let ids = self.ids(subject)?;
        let erased = self.shown_about(subject, &ids)?.len();
        let notice = |id: &String| ErasureNotice {
            number: 0,
            site: subject.site.clone(),
            user: UserHash::of(id),
            scope: ErasureScope::All,
            time,
            source: asked,
        };
        self.insert_erasures(&ids.iter().map(notice).collect::<Vec<_>>())?;
        Ok(Erasure { erased, states: 0, ids })
    }

    /// Removes the events that were erased, and waits until ClickHouse has written the parts anew that had them.
    /// Returns the number of rows. Run it every hour.
    ///
    /// # Errors
    /// [`StoreError`]: try again.
    pub fn apply_erasures(&self) -> Result<u64, StoreError> {
        let pending = self.pending(now())?;
        let mut removed = 0;
        for condition in pending.conditions(TOGETHER) {
            removed += self.remove(&condition)?;
        }
        Ok(removed)
    }

    /// Removes the rows of a condition. Returns their number.
    pub(super) fn remove(&self, condition: &str) -> Result<u64, StoreError> {
        // Statements are longer than ClickHouse expects of people.
        let ask = |http: &Http| http.clone().with_setting("max_query_size", "16777216");
        let count = format!("SELECT count() FROM events WHERE {condition}");
        let found: u64 =
            self.client.wait(REMOVAL, async |http: &Http| ask(http).query_raw(&count).fetch_one().await)?;
        if found > 0 {
            let remove = format!("ALTER TABLE events{} DELETE WHERE {condition}", self.on);
            self.client.wait(REMOVAL, async |http: &Http| {
                ask(http).query_raw(&remove).with_setting("mutations_sync", "2").execute().await
            })?;
        }
        Ok(found)
    }
}

/// The query without an entry in ClickHouse's log: it names a user.
pub(super) fn unlogged(query: Query) -> Query {
    query.with_setting("log_queries", "0")
}

impl Tombstones {
    /// The rows that were erased, as conditions of so many erasures each. They have hashes, because ClickHouse keeps
    /// the texts of removals.
    fn conditions(&self, together: usize) -> Vec<String> {
        let all = self.all();
        all.chunks(together)
            .map(|chunk| {
                let mut terms = Vec::new();
                for (column, scopes) in [
                    ("anonymous", [ErasureScope::Anonymous, ErasureScope::All].as_slice()),
                    ("known", &[ErasureScope::All]),
                    ("linked", &[ErasureScope::All]),
                ] {
                    let hash = format!("lower(hex(SHA256(assumeNotNull({column}))))");
                    let hash = format!("if({column} IS NULL, '', {hash})");
                    for has_site in [false, true] {
                        let of = chunk.iter().filter(|of| of.site.is_some() == has_site && scopes.contains(&of.scope));
                        let (keys, times): (Vec<_>, Vec<_>) = of
                            .map(|of| {
                                (format!("'{}{}'", of.user, escaped(of.site.unwrap_or_default())), of.time.to_string())
                            })
                            .unzip();
                        let key = if has_site { format!("concat({hash}, site)") } else { hash.clone() };
                        if !keys.is_empty() {
                            let (keys, times) = (keys.join(", "), times.join(", "));
                            terms.push(format!(
                                "toUnixTimestamp64Milli(received) <= transform({key}, [{keys}], [{times}], toInt64(0))"
                            ));
                        }
                    }
                }
                terms.join(" OR ")
            })
            .collect()
    }
}

/// A text inside quotes.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}
