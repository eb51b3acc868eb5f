//! What the site remembers of its user: how far in walk-thrus, tasks and courses, which auto-play rules have run, which
//! goals were reached, and the site's own named values. One key for each, so that two tabs never overwrite each other's;
//! read from the browser at each call, so that what another tab has changed is seen. Never here: the user's ID, only its
//! mark.

use crate::host::{Host, Kept};
use waymark_wire::json::{self, Object};
use waymark_wire::level::{Key, Place};
use waymark_wire::state::{DAY_MS, Entry, Recorded, check};
use waymark_wire::text::{next_part, parse_int};

/// Whose state, and where it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The user's mark.
    pub mark: &'a str,
    /// localStorage or cookies.
    pub place: Place,
}

/// The event that a change records.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// Its verb.
    pub verb: &'static str,
    /// Its data.
    pub data: String,
    /// `<type>:<number>` of guidance content, else empty.
    pub content: String,
}

impl Owner<'_> {
    fn key(&self, kind: &str, name: &str) -> String {
        let mut key = self.prefix();
        for part in [kind, "-", name] {
            key.push_str(part);
        }
        key
    }

    fn prefix(&self) -> String {
        let mut prefix = Key::STATE.name.to_owned();
        prefix.push_str(self.mark);
        prefix.push_str("-");
        prefix
    }

    /// What is remembered, unless it has expired.
    pub fn get(&self, kind: &str, name: &str, host: &mut impl Host) -> Option<Entry> {
        self.at(&self.key(kind, name), host)
    }

    #[inline(never)]
    fn at(&self, key: &str, host: &mut impl Host) -> Option<Entry> {
        let kept = host.load(key, self.place, 0)?;
        let mut rest = kept.as_str();
        let at = parse_int(next_part(&mut rest, b'.'))?;
        let expires = parse_int(next_part(&mut rest, b'.'))?;
        if expires <= host.now() {
            host.save(key, "", self.place, 0);
            return None;
        }
        Some(Entry { at, expires, value: rest.to_owned() })
    }

    /// Remembers `value` for so many days. Answers with the event that this is, if it is a change.
    ///
    /// # Errors
    /// What is wrong with kind, name or value; that the browser has no room, and what was there before is still there.
    pub fn set(
        &self,
        kind: &str,
        name: &str,
        value: &str,
        days: i64,
        host: &mut impl Host,
    ) -> Result<Option<Change>, &'static str> {
        let change = change(kind, name, value)?;
        let before = self.get(kind, name, host);
        let now = host.now();
        // Of the site's own values the later counts, of all others the first time.
        let at = before.as_ref().filter(|_| kind != "data").map_or(now, |before| before.at);
        let entry = Entry { at, expires: now + days * DAY_MS, value: value.to_owned() };
        if self.put(&self.key(kind, name), &entry, host) == Kept::Full {
            return Err("the browser has no room for it: what was there before is kept");
        }
        Ok((before.is_none_or(|before| before.value != value)).then_some(change))
    }

    /// Keeps it as `<at>.<expires>.<value>`.
    fn put(&self, key: &str, entry: &Entry, host: &mut impl Host) -> Kept {
        let mut kept = String::new();
        for time in [entry.at, entry.expires] {
            json::push_int(&mut kept, time);
            kept.push_str(".");
        }
        kept.push_str(&entry.value);
        let days = (entry.expires - host.now()) / DAY_MS + 1;
        host.save(key, &kept, self.place, days as u32)
    }

    /// Forgets it.
    pub fn remove(&self, kind: &str, name: &str, host: &mut impl Host) {
        host.save(&self.key(kind, name), "", self.place, 0);
    }

    /// Forgets all of it.
    pub fn clear(&self, host: &mut impl Host) {
        for (key, ..) in self.entries(host) {
            host.save(&key, "", self.place, 0);
        }
    }

    /// All of it, as the text of a JSON array.
    pub fn all(&self, host: &mut impl Host) -> String {
        let mut out = String::from("[");
        for (key, kind_at, entry) in self.entries(host) {
            if out.len() > 1 {
                out.push_str(",");
            }
            let (kind, name) = parts(&key, kind_at);
            let mut object = Object::open(&mut out);
            object.text("kind", kind).text("name", name);
            entry.write(&mut object);
        }
        out.push_str("]");
        out
    }

    /// Everything: its key, where in the key its kind stands, and the entry.
    #[inline(never)]
    fn entries(&self, host: &mut impl Host) -> Vec<(String, usize, Entry)> {
        let prefix = self.prefix();
        let keys = host.keys(&prefix);
        let mut rest = keys.as_str();
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let key = next_part(&mut rest, b'\n');
            if let Some(entry) = self.at(key, host) {
                entries.push((key.to_owned(), prefix.len(), entry));
            }
        }
        entries
    }

    /// The user of this state turned out to be `other`: it becomes that one's, and progress never goes back. Numbers take
    /// the larger, the site's own values the later; what was first stays first.
    pub fn merge_into(&self, other: &Owner<'_>, host: &mut impl Host) {
        for (key, kind_at, own) in self.entries(host) {
            let (kind, name) = parts(&key, kind_at);
            let merged = match other.get(kind, name, host) {
                Some(theirs) => own.merged(theirs, kind),
                None => own,
            };
            // Where there is no room it stays where it is.
            if other.put(&other.key(kind, name), &merged, host) != Kept::Full {
                host.save(&key, "", self.place, 0);
            }
        }
    }
}

/// A key's kind and name.
fn parts(key: &str, kind_at: usize) -> (&str, &str) {
    let mut name = key.get(kind_at..).unwrap_or_default();
    let kind = next_part(&mut name, b'-');
    (kind, name)
}

/// The event that a change is.
///
/// # Errors
/// What is wrong with kind, name or value.
fn change(kind: &str, name: &str, value: &str) -> Result<Change, &'static str> {
    let Recorded { code, verb, number } = check(kind, name, value)?;
    let (mut data, mut content) = (String::new(), String::new());
    let mut object = Object::open(&mut data);
    object.text("type", code);
    match number {
        None => object.text("name", name).member("value").push_str(value),
        Some(number) => {
            object.member("oId").push_str(name);
            object.int(if kind == "walkthru" { "oActualSubObject" } else { "value" }, number);
            for part in [code, ":", name] {
                content.push_str(part);
            }
        }
    }
    object.close();
    Ok(Change { verb, data, content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;
    use proptest::prelude::*;

    const ANN: Owner<'_> = Owner { mark: "1", place: Place::Local };
    const BEN: Owner<'_> = Owner { mark: "2", place: Place::Local };

    fn value(owner: Owner<'_>, kind: &str, name: &str, host: &mut MemoryHost) -> Option<String> {
        owner.get(kind, name, host).map(|entry| entry.value)
    }

    #[test]
    fn what_was_set_is_got_by_its_user_only_until_it_expires_or_is_removed() {
        let host = &mut MemoryHost::default();
        ANN.set("walkthru", "7", "3", 1, host).unwrap();
        ANN.set("data", "colour", "\"red\"", 2, host).unwrap();
        assert_eq!(value(ANN, "walkthru", "7", host).as_deref(), Some("3"));
        assert_eq!(value(BEN, "walkthru", "7", host), None);
        assert_eq!(
            ANN.all(host),
            r#"[{"kind":"data","name":"colour","value":"red","at":0,"expires":172800000},{"kind":"walkthru","name":"7","value":3,"at":0,"expires":86400000}]"#
        );
        host.now = DAY_MS;
        assert_eq!(value(ANN, "walkthru", "7", host), None);
        ANN.remove("data", "colour", host);
        assert_eq!(ANN.all(host), "[]");
        assert!(host.stored.is_empty(), "{:?}", host.stored);
    }

    #[test]
    fn a_change_is_an_event_and_what_is_none_is_not() {
        let host = &mut MemoryHost::default();
        let mut set = |kind, name, value| ANN.set(kind, name, value, 365, host).unwrap();
        for (kind, value, verb, data) in [
            ("walkthru", "3", "step", r#"{"type":"wt","oId":7,"oActualSubObject":3}"#),
            ("autoplay", "1", "autoplay", r#"{"type":"autoplay","oId":7,"value":1}"#),
            ("goal", "1", "goal", r#"{"type":"goal","oId":7,"value":1}"#),
            ("task", "1", "play", r#"{"type":"task","oId":7,"value":1}"#),
            ("task", "2", "complete", r#"{"type":"task","oId":7,"value":2}"#),
            ("course", "40", "progress", r#"{"type":"course","oId":7,"value":40}"#),
            ("course", "100", "complete", r#"{"type":"course","oId":7,"value":100}"#),
        ] {
            let change = set(kind, "7", value).unwrap();
            assert_eq!((change.verb, change.data.as_str()), (verb, data));
            assert!(change.content.ends_with(":7"));
            assert_eq!(set(kind, "7", value), None, "the same again");
        }
        let saved = set("data", "colour", "{\"r\":1}").unwrap();
        assert_eq!((saved.verb, saved.data.as_str()), ("save", r#"{"type":"data","name":"colour","value":{"r":1}}"#));
    }

    #[test]
    fn what_cannot_be_kept_is_refused_in_words() {
        let host = &mut MemoryHost::default();
        let long = "x".repeat(65);
        let large = format!("\"{}\"", "x".repeat(1_000));
        for (kind, name, value, why) in [
            ("tour", "7", "1", "there is no such kind; there are walkthru, autoplay, goal, task, course and data"),
            ("data", "a b", "1", "the name must be 1 to 64 of A-Z a-z 0-9 _ . -"),
            ("data", &long, "1", "the name must be 1 to 64 of A-Z a-z 0-9 _ . -"),
            ("data", "", "1", "the name must be 1 to 64 of A-Z a-z 0-9 _ . -"),
            ("data", "a", &large, "the value must be JSON of at most 1,000 bytes"),
            ("data", "a", "", "the value must be JSON of at most 1,000 bytes"),
            ("task", "seven", "1", "the name must be the object's number, and the value a whole number"),
            ("task", "7", "\"1\"", "the name must be the object's number, and the value a whole number"),
            ("task", "7", "3", "the value is out of range"),
            ("course", "7", "101", "the value is out of range"),
            ("goal", "7", "-1", "the value is out of range"),
        ] {
            assert_eq!(ANN.set(kind, name, value, 365, host), Err(why), "{kind} {name}");
        }
        assert!(host.stored.is_empty());
    }

    #[test]
    fn where_there_is_no_room_the_old_value_stays() {
        let host = &mut MemoryHost::default();
        ANN.set("task", "7", "1", 365, host).unwrap();
        host.is_full = true;
        let full = "the browser has no room for it: what was there before is kept";
        assert_eq!(ANN.set("task", "7", "2", 365, host), Err(full));
        assert_eq!(value(ANN, "task", "7", host).as_deref(), Some("1"));
    }

    #[test]
    fn what_was_edited_by_hand_is_nothing() {
        let host = &mut MemoryHost::default();
        for edited in ["", "x", "1.x.2", "1", ".."] {
            host.stored.insert("wm-state-1-task-7".to_owned(), edited.to_owned());
            assert_eq!(ANN.get("task", "7", host), None, "{edited}");
        }
        assert_eq!(ANN.all(host), "[]");
    }

    proptest! {
        /// Whoever logs in keeps what was further, of whichever of both.
        #[test]
        fn a_merge_never_goes_back(
            anonymous in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
            known in prop::collection::btree_map("walkthru|autoplay|goal|task|course", 0..3i64, 0..5),
            later in 0..1_000i64,
        ) {
            let host = &mut MemoryHost::default();
            for (kind, number) in &anonymous {
                ANN.set(kind, "7", &number.to_string(), 10, host).unwrap();
            }
            host.now = later;
            for (kind, number) in &known {
                BEN.set(kind, "7", &number.to_string(), 10, host).unwrap();
            }
            ANN.merge_into(&BEN, host);
            // Again changes nothing.
            let once = host.stored.clone();
            ANN.merge_into(&BEN, host);
            prop_assert_eq!(&once, &host.stored);
            prop_assert_eq!(ANN.all(host), "[]");
            for kind in ["walkthru", "autoplay", "goal", "task", "course"] {
                let merged = value(BEN, kind, "7", host).map(|value| value.parse::<i64>().unwrap());
                prop_assert_eq!(merged, anonymous.get(kind).copied().max(known.get(kind).copied()));
                if let (Some(_), Some(entry)) = (anonymous.get(kind), BEN.get(kind, "7", host)) {
                    prop_assert_eq!(entry.at, 0, "what was first stays first");
                }
            }
        }
    }

    #[test]
    fn of_the_site_s_own_values_the_later_stays() {
        let host = &mut MemoryHost::default();
        ANN.set("data", "a", "1", 10, host).unwrap();
        host.now = 5;
        BEN.set("data", "a", "2", 10, host).unwrap();
        BEN.set("data", "b", "2", 10, host).unwrap();
        host.now = 9;
        ANN.set("data", "b", "3", 10, host).unwrap();
        ANN.merge_into(&BEN, host);
        assert_eq!(value(BEN, "data", "a", host).as_deref(), Some("2"));
        assert_eq!(value(BEN, "data", "b", host).as_deref(), Some("3"));
    }
}
