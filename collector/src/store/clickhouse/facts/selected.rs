//! What a scan selects: the columns that its question reads, and those by which rows are sorted.

use crate::store::{Reads, Texts};
use std::fmt;

/// The columns of a scan: `Display` is the list of a `SELECT`. Texts come with a dictionary in each block.
#[derive(Clone, Copy)]
pub(super) struct Selected {
    pub(super) reads: Reads,
    /// Whether the IDs of users are needed too: some are erased.
    pub(super) has_ids: bool,
}

/// The columns with IDs of users, by which erased rows are told, and whether they are anonymous ones.
pub(super) const IDS: [(&str, bool); 3] = [("anonymous", true), ("known", false), ("linked", false)];

impl Selected {
    /// The texts that are read: their places in [`Texts::NAMES`] and their names.
    pub(super) fn texts(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let read = self.reads.texts.all().map(|text| text.is_some());
        let names = Texts::<()>::NAMES.iter().enumerate();
        names.zip(read).filter(|(_, is_read)| *is_read).map(|((place, name), _)| (place, *name))
    }
}

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name that the table has too would be taken for the table's.
        let sorted_by = [
            ("toUnixTimestamp64Milli(events.at)", "time"),
            ("toUnixTimestamp64Milli(events.received)", "received"),
            ("events.seq", "seq"),
            // Shorter than the ID.
            ("toUInt32(cityHash64(events.id))", "tie"),
        ];
        for (column, name) in sorted_by {
            write!(f, "{column} AS row_{name}, ")?;
        }
        f.write_str("events.identified AS row_identified, events.bot AS row_bot")?;
        let Reads { position, mobile, started_by, data, .. } = self.reads;
        let also = [("id", position), ("mobile", mobile), ("started_by", started_by), ("data", data)];
        for (column, _) in also.into_iter().filter(|(_, is_read)| *is_read) {
            write!(f, ", events.{column} AS row_{column}")?;
        }
        for (_, name) in self.texts() {
            let text = match name {
                "kind" => "toNullable(events.type)".to_owned(),
                "user" => "ifNull(events.known, events.anonymous)".to_owned(),
                name => format!("events.{name}"),
            };
            write!(f, ", toLowCardinality({text}) AS text_{name}")?;
        }
        if self.has_ids {
            for (id, _) in IDS {
                write!(f, ", toLowCardinality(events.{id}) AS id_{id}")?;
            }
        }
        Ok(())
    }
}
