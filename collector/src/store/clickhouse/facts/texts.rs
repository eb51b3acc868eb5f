//! The numbers that a question gives to texts and to rows, in the order in which it reads them.

use super::row::FactRow;
use crate::store::{Fact, Scan, TextId, Texts};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// What has a number.
#[derive(Default)]
pub(super) struct Numbers {
    texts: HashMap<Arc<str>, TextId>,
    names: Vec<Arc<str>>,
    /// The events of the rows that were asked for their position. The first has position 1.
    events: Vec<Uuid>,
}

impl Numbers {
    /// The number of a text.
    pub(super) fn text(&mut self, text: &str) -> Option<TextId> {
        if let Some(id) = self.texts.get(text) {
            return Some(*id);
        }
        let name: Arc<str> = Arc::from(text);
        let id = i64::try_from(self.names.len() + 1).ok().and_then(TextId::of)?;
        self.names.push(Arc::clone(&name));
        self.texts.insert(name, id);
        Some(id)
    }

    /// The text with this number.
    pub(super) fn name(&self, id: TextId) -> Option<&str> {
        let place = usize::try_from(id.number()).ok()?.checked_sub(1)?;
        self.names.get(place).map(|name| &**name)
    }

    /// The event at this position.
    pub(super) fn event(&self, position: i64) -> Option<Uuid> {
        let place = usize::try_from(position).ok()?.checked_sub(1)?;
        self.events.get(place).copied()
    }

    /// The fact of a row.
    pub(super) fn fact(&mut self, row: &FactRow<'_>, scan: &Scan) -> Fact<TextId> {
        let mut position = 0;
        if scan.reads.position {
            self.events.push(row.id);
            position = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        }
        let wanted = scan.reads.texts;
        let mut number = |text: Option<&str>| text.and_then(|text| self.text(text));
        let texts = Texts {
            kind: number(row.r#type),
            session: number(row.session),
            user: wanted.user.and_then(|()| number(row.known.or(row.anonymous))),
            path: number(row.path),
            content: number(row.content),
            play: number(row.play),
            step: number(row.step),
            tab: number(row.tab),
            requested: number(row.requested),
            content_type: number(row.content_type),
            name: number(row.name),
            content_version: number(row.content_version),
            title: number(row.title),
            country: number(row.country),
            city: number(row.city),
            browser: number(row.browser),
            os: number(row.os),
            recorder: number(row.recorder),
            linked: wanted.linked.and_then(|()| number(row.linked)),
        };
        Fact {
            position,
            time: row.at,
            received: row.received,
            env: scan.env,
            seq: row.seq,
            identified: row.identified,
            bot: row.bot,
            mobile: row.mobile,
            started_by: row.started_by,
            texts,
        }
    }
}
