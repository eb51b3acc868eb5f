//! The columns of a fact.

use crate::store::Reads;
use clickhouse::Row;
use serde::Deserialize;
use std::fmt;
use uuid::Uuid;

/// A row of a scan. What is not read is empty.
#[derive(Row, Deserialize)]
pub(super) struct FactRow<'r> {
    #[serde(with = "clickhouse::serde::uuid")]
    pub(super) id: Uuid,
    pub(super) at: i64,
    pub(super) received: i64,
    pub(super) seq: i64,
    pub(super) identified: bool,
    pub(super) bot: bool,
    pub(super) mobile: Option<bool>,
    pub(super) started_by: Option<i64>,
    #[serde(borrow)]
    pub(super) r#type: Option<&'r str>,
    #[serde(borrow)]
    pub(super) session: Option<&'r str>,
    #[serde(borrow)]
    pub(super) anonymous: Option<&'r str>,
    #[serde(borrow)]
    pub(super) known: Option<&'r str>,
    #[serde(borrow)]
    pub(super) path: Option<&'r str>,
    #[serde(borrow)]
    pub(super) content: Option<&'r str>,
    #[serde(borrow)]
    pub(super) play: Option<&'r str>,
    #[serde(borrow)]
    pub(super) step: Option<&'r str>,
    #[serde(borrow)]
    pub(super) tab: Option<&'r str>,
    #[serde(borrow)]
    pub(super) requested: Option<&'r str>,
    #[serde(borrow)]
    pub(super) content_type: Option<&'r str>,
    #[serde(borrow)]
    pub(super) name: Option<&'r str>,
    #[serde(borrow)]
    pub(super) content_version: Option<&'r str>,
    #[serde(borrow)]
    pub(super) title: Option<&'r str>,
    #[serde(borrow)]
    pub(super) country: Option<&'r str>,
    #[serde(borrow)]
    pub(super) city: Option<&'r str>,
    #[serde(borrow)]
    pub(super) browser: Option<&'r str>,
    #[serde(borrow)]
    pub(super) os: Option<&'r str>,
    #[serde(borrow)]
    pub(super) recorder: Option<&'r str>,
    #[serde(borrow)]
    pub(super) linked: Option<&'r str>,
    pub(super) data: &'r str,
}

/// What a scan selects: `Display` is the list of a `SELECT`.
pub(super) struct Selected {
    pub(super) reads: Reads,
    /// Whether the IDs of users are needed too.
    pub(super) has_ids: bool,
}

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Selected { reads, has_ids } = *self;
        let Reads { texts, position, seq: _, received: _, mobile, started_by, data } = reads;
        let has_user = has_ids || texts.user.is_some();
        // By these rows are sorted.
        f.write_str("at, received, seq, identified, bot")?;
        let columns = [
            ("id", position, "toUUID('00000000-0000-0000-0000-000000000000')"),
            ("mobile", mobile, "CAST(NULL, 'Nullable(Bool)')"),
            ("started_by", started_by, "CAST(NULL, 'Nullable(Int64)')"),
            ("data", data, "''"),
        ];
        for (column, is_read, nothing) in columns {
            select(f, column, if is_read { column } else { nothing })?;
        }
        let texts = [
            ("type", texts.kind.is_some()),
            ("session", texts.session.is_some()),
            ("anonymous", has_user),
            ("known", has_user),
            ("path", texts.path.is_some()),
            ("content", texts.content.is_some()),
            ("play", texts.play.is_some()),
            ("step", texts.step.is_some()),
            ("tab", texts.tab.is_some()),
            ("requested", texts.requested.is_some()),
            ("content_type", texts.content_type.is_some()),
            ("name", texts.name.is_some()),
            ("content_version", texts.content_version.is_some()),
            ("title", texts.title.is_some()),
            ("country", texts.country.is_some()),
            ("city", texts.city.is_some()),
            ("browser", texts.browser.is_some()),
            ("os", texts.os.is_some()),
            ("recorder", texts.recorder.is_some()),
            ("linked", has_ids || texts.linked.is_some()),
        ];
        for (column, is_read) in texts {
            let read = match column {
                "type" => "toNullable(type)",
                column => column,
            };
            select(f, column, if is_read { read } else { "CAST(NULL, 'Nullable(String)')" })?;
        }
        Ok(())
    }
}

fn select(f: &mut fmt::Formatter<'_>, column: &str, read: &str) -> fmt::Result {
    if read == column { write!(f, ", {column}") } else { write!(f, ", {read} AS {column}") }
}
