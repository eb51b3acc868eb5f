//! What the site remembers of its user: how far in walk-thrus, tasks and courses, which auto-play rules have run, which
//! goals were reached, and the site's own named values. One key for each, so that two tabs never overwrite each other's;
//! read from the browser at each call, so that what another tab has changed is seen. Never here: the user's ID, only its
//! mark.

use crate::host::{Host, Kept as Stored};
use crate::scope::Scope;
use waymark_wire::json::{self, Object};
use waymark_wire::level::{Key, Name, Place, swap_dots};
use waymark_wire::state::{DAY_MS, DAYS, ENTRIES, Recorded, Versioned, check};
use waymark_wire::text::{find, next_part, parse_int};

/// A request is no longer once it has so much: browsers refuse to send more from a page that goes.
const SHARED_BYTES: usize = 40_000;

/// Whose state, and where it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The site.
    pub scope: &'a Scope,
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
        self.scope.name_of(Key::STATE, &[self.mark, kind, &swap_dots(name)])
    }

    /// The kind and the name of the entry that is kept under the key.
    fn entry<'k>(&self, key: &'k str) -> Option<(&'k str, String)> {
        let [mark, kind, name, _] = Name::read(key, &self.scope.site)?.parts;
        (mark == self.mark).then(|| (kind, swap_dots(name)))
    }

    /// What is remembered, unless it has expired.
    pub fn get(&self, kind: &str, name: &str, host: &mut impl Host) -> Option<Versioned> {
        self.at(&self.key(kind, name), host).map(|kept| kept.entry).filter(|entry| entry.value.is_some())
    }

    /// What is kept under the key: a removal too, where the collector has not been told of it.
    #[inline(never)]
    fn at(&self, key: &str, host: &mut impl Host) -> Option<Kept> {
        let kept = Kept::read(&host.load(key, self.place, 0)?)?;
        if kept.entry.expires <= host.now() {
            host.save(key, "", self.place, 0);
            return None;
        }
        Some(kept)
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
        let key = self.key(kind, name);
        let before = self.at(&key, host);
        let now = host.now();
        let mut entry = Versioned { version: 0, at: now, expires: now + days * DAY_MS, value: Some(value.to_owned()) };
        let mut is_change = true;
        if let Some(Kept { entry: before, .. }) = &before {
            is_change = before.value != entry.value;
            // Of the site's own values the later counts, of all others the first time.
            if kind != "data" && before.value.is_some() {
                entry.at = before.at;
            }
        }
        if self.put(&key, before, entry, host) == Stored::Full {
            return Err("the browser has no room for it: what was there before is kept");
        }
        Ok(is_change.then_some(change))
    }

    /// Keeps the entry in the place of what is kept there.
    fn put(&self, key: &str, before: Option<Kept>, mut entry: Versioned, host: &mut impl Host) -> Stored {
        let mut told = Told::Nothing;
        if let Some(before) = before {
            entry.version = before.entry.version;
            told = before.told.changed();
        }
        self.write(key, &Kept { told, entry }, host)
    }

    fn write(&self, key: &str, kept: &Kept, host: &mut impl Host) -> Stored {
        let text = kept.text();
        if host.load(key, self.place, 0).as_deref() == Some(&*text) {
            return Stored::Stored;
        }
        let days = (kept.entry.expires - host.now()) / DAY_MS + 1;
        host.save(key, &text, self.place, days as u32)
    }

    /// Forgets it. What the collector knows of is kept as removed until it has been told.
    pub fn remove(&self, kind: &str, name: &str, host: &mut impl Host) {
        let key = self.key(kind, name);
        match self.at(&key, host) {
            Some(mut kept) if kept.told != Told::Nothing => {
                if kept.entry.value.take().is_some() {
                    let now = host.now();
                    kept.entry.version += 1;
                    (kept.entry.at, kept.entry.expires) = (now, now + DAYS * DAY_MS);
                    kept.told = Told::Other;
                    self.write(&key, &kept, host);
                }
            }
            _ => {
                host.save(&key, "", self.place, 0);
            }
        }
    }

    /// Forgets all of it.
    pub fn clear(&self, host: &mut impl Host) {
        for (key, _) in self.entries(host) {
            host.save(&key, "", self.place, 0);
        }
    }

    /// All of it, as the text of a JSON array.
    pub fn all(&self, host: &mut impl Host) -> String {
        let mut out = String::from("[");
        for (key, entry) in self.entries(host) {
            let Some((kind, name)) = self.entry(&key) else { continue };
            if out.len() > 1 {
                out.push_str(",");
            }
            let mut object = Object::open(&mut out);
            object.text("kind", kind).text("name", &name);
            entry.write(&mut object);
        }
        out.push_str("]");
        out
    }

    /// Everything that is remembered, with its key.
    #[inline(never)]
    fn entries(&self, host: &mut impl Host) -> Vec<(String, Versioned)> {
        let mut entries = Vec::new();
        self.each(host, &mut |key, kept| {
            if kept.entry.value.is_some() {
                entries.push((key.to_owned(), kept.entry));
            }
        });
        entries
    }

    /// Hands over all that is kept, removals included.
    #[inline(never)]
    fn each(&self, host: &mut impl Host, one: &mut dyn FnMut(&str, Kept)) {
        let keys = host.keys(&self.scope.prefix(Key::STATE, &[self.mark]));
        let mut rest = keys.as_str();
        while !rest.is_empty() {
            let key = next_part(&mut rest, b'\n');
            if let Some(kept) = self.at(key, host) {
                one(key, kept);
            }
        }
    }

    /// The user of this state turned out to be `other`: it becomes that one's, and progress never goes back. Numbers take
    /// the larger, the site's own values the later; what was first stays first.
    pub fn merge_into(&self, other: &Owner<'_>, host: &mut impl Host) {
        for (key, mut own) in self.entries(host) {
            let Some((kind, name)) = self.entry(&key) else { continue };
            let at = other.key(kind, &name);
            let theirs = other.at(&at, host);
            if let Some(theirs) = &theirs {
                own.version = theirs.entry.version;
                own = own.merged(theirs.entry.clone(), kind);
            }
            // Where there is no room it stays where it is.
            if other.put(&at, theirs, own, host) != Stored::Full {
                host.save(&key, "", self.place, 0);
            }
        }
    }

    /// What the collector has not been told yet, as much as one request takes: JSON objects with a comma between them.
    /// Beside it each as it is kept, `<key> <text>` a line.
    pub fn untold(&self, host: &mut impl Host) -> (String, String) {
        let (mut out, mut sent, mut count) = (String::new(), String::new(), 0);
        self.each(host, &mut |key, kept| {
            let Some((kind, name)) = self.entry(key) else { return };
            if kept.told == Told::This || count == ENTRIES || out.len() > SHARED_BYTES {
                return;
            }
            count += 1;
            if !out.is_empty() {
                out.push_str(",");
            }
            let mut object = Object::open(&mut out);
            object.text("kind", kind).text("name", &name).int("version", kept.entry.version.into());
            kept.entry.write(&mut object);
            kept.note(key, &mut sent);
        });
        (out, sent)
    }

    /// Takes what the collector has, `<kind> <name> <version> <at> <expires> <value>` a line, when it was told what was
    /// `sent`: of that it knows all there is to know, and what has changed since is merged with what it has. What was set
    /// here after it was removed elsewhere is set anew.
    pub fn take(&self, entries: &str, sent: &str, host: &mut impl Host) {
        let mut rest = entries;
        while !rest.is_empty() {
            let mut value = next_part(&mut rest, b'\n');
            let (kind, name) = (next_part(&mut value, b' '), next_part(&mut value, b' '));
            let mut number = || parse_int(next_part(&mut value, b' ')).unwrap_or_default();
            let (version, at, expires) = (number() as u32, number(), number());
            if check(kind, name, if value.is_empty() { "0" } else { value }).is_err() {
                continue;
            }
            let key = self.key(kind, name);
            let mut entry = Versioned { version, at, expires, value: (!value.is_empty()).then(|| value.to_owned()) };
            let mut told = Told::This;
            if let Some(mut own) = self.at(&key, host).filter(|own| own.told != Told::This) {
                let mut is_changed = !own.is_noted(&key, sent);
                let own = &mut own.entry;
                if own.version < version && own.value.is_some() && own.at > at {
                    own.version = version;
                    is_changed = true;
                }
                if is_changed && own.version >= version {
                    told = Told::Other;
                    entry = own.clone().merged(entry, kind);
                }
            }
            self.tell(&key, told, entry, host);
        }
        // What it has not taken it never will.
        let mut rest = sent;
        while !rest.is_empty() {
            let key = next_part(&mut next_part(&mut rest, b'\n'), b' ');
            if let Some(kept) = self.at(key, host).filter(|kept| kept.is_noted(key, sent)) {
                self.tell(key, Told::This, kept.entry, host);
            }
        }
    }

    /// Keeps an entry of which the collector knows so much; a removal that it knows of needs not be kept.
    fn tell(&self, key: &str, told: Told, entry: Versioned, host: &mut impl Host) {
        if told == Told::This && entry.value.is_none() {
            host.save(key, "", self.place, 0);
        } else {
            self.write(key, &Kept { told, entry }, host);
        }
    }
}

/// What the collector knows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Nothing: it is this browser's alone.
    Nothing,
    /// It has it as it was before it changed.
    Other,
    /// It has it, or was told of it.
    This,
}

impl Told {
    /// What it knows once the entry has changed.
    fn changed(self) -> Told {
        if self == Told::Nothing { Told::Nothing } else { Told::Other }
    }
}

/// An entry as it is kept: `<at>.<expires>.<value>`, and before the value, where the collector knows of it, its version:
/// `v3.` as it is here, `w3.` with the change still to be told. Of a removal that is still to be told the value is empty.
#[derive(Debug)]
struct Kept {
    told: Told,
    entry: Versioned,
}

impl Kept {
    fn read(text: &str) -> Option<Kept> {
        let mut rest = text;
        let at = parse_int(next_part(&mut rest, b'.'))?;
        let expires = parse_int(next_part(&mut rest, b'.'))?;
        let told = match rest.as_bytes().first()? {
            b'v' => Told::This,
            b'w' => Told::Other,
            _ => Told::Nothing,
        };
        let mut version = 0;
        if told != Told::Nothing {
            version = parse_int(next_part(&mut rest, b'.').get(1..)?)? as u32;
        }
        let value = (!rest.is_empty()).then(|| rest.to_owned());
        Some(Kept { told, entry: Versioned { version, at, expires, value } })
    }

    fn text(&self) -> String {
        let Versioned { version, at, expires, value } = &self.entry;
        let mut text = String::new();
        for time in [*at, *expires] {
            json::push_int(&mut text, time);
            text.push_str(".");
        }
        if self.told != Told::Nothing {
            text.push_str(if self.told == Told::This { "v" } else { "w" });
            json::push_int(&mut text, (*version).into());
            text.push_str(".");
        }
        text.push_str(value.as_deref().unwrap_or_default());
        text
    }

    /// Adds it to what is sent.
    fn note(&self, key: &str, sent: &mut String) {
        for part in [key, " ", &self.text(), "\n"] {
            sent.push_str(part);
        }
    }

    /// Whether it is as it was when it was sent.
    fn is_noted(&self, key: &str, sent: &str) -> bool {
        let mut line = String::new();
        self.note(key, &mut line);
        find(sent, &line).is_some()
    }
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
    use crate::testing::{MemoryHost, scope};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static SCOPE: LazyLock<Scope> = LazyLock::new(scope);
    static ANN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, mark: "1", place: Place::Local });
    static BEN: LazyLock<Owner<'_>> = LazyLock::new(|| Owner { scope: &SCOPE, mark: "2", place: Place::Local });

    fn value(owner: &Owner<'_>, kind: &str, name: &str, host: &mut MemoryHost) -> Option<String> {
        owner.get(kind, name, host).and_then(|entry| entry.value)
    }

    #[test]
    fn what_was_set_is_got_by_its_user_only_until_it_expires_or_is_removed() {
        let host = &mut MemoryHost::default();
        ANN.set("walkthru", "7", "3", 1, host).unwrap();
        ANN.set("data", "colour", "\"red\"", 2, host).unwrap();
        assert_eq!(value(&ANN, "walkthru", "7", host).as_deref(), Some("3"));
        assert_eq!(value(&BEN, "walkthru", "7", host), None);
        assert_eq!(
            ANN.all(host),
            r#"[{"kind":"data","name":"colour","value":"red","at":0,"expires":172800000},{"kind":"walkthru","name":"7","value":3,"at":0,"expires":86400000}]"#
        );
        host.now = DAY_MS;
        assert_eq!(value(&ANN, "walkthru", "7", host), None);
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
            ("task", "07", "1", "the name must be the object's number, and the value a whole number"),
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
        assert_eq!(value(&ANN, "task", "7", host).as_deref(), Some("1"));
    }

    #[test]
    fn what_was_edited_by_hand_is_nothing() {
        let host = &mut MemoryHost::default();
        for edited in ["", "x", "1.x.2", "1", ".."] {
            host.stored.insert("wm-state.demo.1.task.7".to_owned(), edited.to_owned());
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
                let merged = value(&BEN, kind, "7", host).map(|value| value.parse::<i64>().unwrap());
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
        assert_eq!(value(&BEN, "data", "a", host).as_deref(), Some("2"));
        assert_eq!(value(&BEN, "data", "b", host).as_deref(), Some("3"));
    }
}
