//! Everything that is held, and why, as data: what the page, a panel or a person may look at.

use super::leave::push_purposes;
use super::{Call, Recorder};
use crate::consent::{CAPS, Mode};
use waymark_wire::json::{self, Object};
use waymark_wire::level::purpose;
use waymark_wire::settings::ConsentMode;

impl Recorder {
    /// The recorder's part of `inspect`; the browser edge adds what is stored and what was sent.
    pub(super) fn inspect(&mut self) -> Call {
        let mut out = String::with_capacity(1_024);
        let mut object = Object::open(&mut out);
        object.text("site", self.config.site()).text("collector", self.config.collector());
        object.text("build", crate::BUILD).int("level", self.leave.allowed.level() as i64);
        let mut why = Object::open(object.member("why"));
        for (name, cap) in CAPS.iter().zip(self.leave.caps) {
            why.int(name, cap.into());
        }
        why.close();
        let (consent, purposes) = match self.consent.granted {
            Some(0) => ("denied", 0),
            Some(granted) => ("granted", granted),
            None if self.config.settings().consent.unwrap_or_default() == ConsentMode::Implied => {
                ("implied", purpose::ALL)
            }
            None => ("unknown", 0),
        };
        object.text("consent", consent);
        push_purposes(purposes, object.member("purposes"));
        object.text("mode", Mode::NAMES[self.leave.mode as usize]);
        if !self.who.id.is_empty() {
            let mut user = Object::open(object.member("user"));
            user.text("id", &self.who.id).text("source", if self.who.is_known { "Identifier" } else { "Cache" });
            user.close();
        }
        object.text("session", &self.session.id).text("tab", &self.tab.id);
        object.int("queued", self.queue.count().into()).int("unsent", self.outbox.len() as i64);
        object.text("outbox", if self.may_keep() && self.outbox.is_kept { "stored" } else { "memory" });
        object.int("refusedIds", self.identity.refused.into());
        self.lost.write(object.member("lost"));
        let refused = object.member("refusedSettings");
        refused.push_str("[");
        for (number, problem) in self.config.problems.iter().enumerate() {
            if number > 0 {
                refused.push_str(",");
            }
            json::push_str(refused, &problem.message());
        }
        refused.push_str("]");
        self.context.write(&self.leave.allowed, object.member("context"));
        object.close();
        Ok(out)
    }
}
