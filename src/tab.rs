//! The tab: an ID that survives reloads and that a duplicated tab does not share, and the numbers of its events, which
//! go on from page to page.

use crate::host::{Host, guid};
use crate::identity::is_guid;
use crate::scope::Scope;
use waymark_wire::level::Key;
use waymark_wire::text::{next_part, parse_int};
use waymark_wire::{Lost, json};

/// A tab. Kept as `<GUID>.<next number>.<what was lost, by reason>` while no page of it is open: a page takes that away
/// when it comes and puts it back when it goes. A duplicated tab, a copy of an open one, finds nothing there, and nor does
/// one whose page ended without being told: both get a new ID, so that no number is used twice.
#[derive(Debug)]
pub struct Tab {
    /// The GUID.
    pub id: String,
    /// What the page put back when it went.
    kept: String,
}

impl Tab {
    /// None yet.
    pub const fn new() -> Self {
        Tab { id: String::new(), kept: String::new() }
    }

    /// A page of the tab is there: answers with the number of its next event.
    pub fn open(&mut self, lost: &mut Lost, scope: &Scope, host: &mut impl Host) -> u64 {
        let name = scope.name(Key::TAB);
        let kept = host.load(&name, Key::TAB.place, 0).unwrap_or_default();
        let mut rest = kept.as_str();
        let id = next_part(&mut rest, b'.');
        let next = parse_int(next_part(&mut rest, b'.'));
        self.kept.clear();
        if !kept.is_empty() {
            host.save(&name, "", Key::TAB.place, 0);
        }
        match next {
            Some(next) if is_guid(id) => {
                self.id = id.to_owned();
                lost.read(rest);
                next.unsigned_abs()
            }
            _ => {
                self.id = guid(host);
                0
            }
        }
    }

    /// The page is back as it was. Pages that came and went meanwhile, or have not gone yet, have used the tab's numbers, and
    /// what a page that was put away sees of the tab's storage may be as old as it is: it is a tab of its own from here on.
    pub fn renew(&mut self, scope: &Scope, host: &mut impl Host) {
        self.kept.clear();
        host.save(&scope.name(Key::TAB), "", Key::TAB.place, 0);
        self.id = guid(host);
    }

    /// The page goes: its next event would be number `next`. Written when that is news.
    pub fn close(&mut self, next: u64, lost: &Lost, scope: &Scope, host: &mut impl Host) {
        let mut kept = self.id.clone();
        kept.push_str(".");
        json::push_int(&mut kept, next as i64);
        kept.push_str(".");
        lost.push(&mut kept);
        if kept != self.kept {
            host.save(&scope.name(Key::TAB), &kept, Key::TAB.place, 0);
            self.kept = kept;
        }
    }

    /// Whether its page went, as far as anybody knows.
    pub fn is_closed(&self) -> bool {
        !self.kept.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};
    use waymark_wire::Reason;

    fn open(host: &mut MemoryHost) -> (Tab, u64, Lost) {
        let (mut tab, mut lost) = (Tab::new(), Lost::NONE);
        let next = tab.open(&mut lost, &scope(), host);
        (tab, next, lost)
    }

    #[test]
    fn a_reloaded_tab_goes_on_counting() {
        let host = &mut MemoryHost::default();
        let (mut tab, next, mut lost) = open(host);
        assert_eq!(next, 0);
        lost.add(Reason::Overflow, 3);
        tab.close(12, &lost, &scope(), host);
        let (again, next, kept) = open(host);
        assert_eq!((again.id, next, kept), (tab.id, 12, lost));
    }

    #[test]
    fn a_duplicated_tab_is_another() {
        let host = &mut MemoryHost::default();
        let (tab, ..) = open(host);
        // The copy is made while the page is open.
        let (copy, next, _) = open(host);
        assert_ne!(copy.id, tab.id);
        assert_eq!(next, 0);
    }

    #[test]
    fn a_page_that_came_back_is_another_tab() {
        let host = &mut MemoryHost::default();
        let (mut tab, ..) = open(host);
        tab.close(5, &Lost::NONE, &scope(), host);
        let (mut between, ..) = open(host);
        between.close(8, &Lost::NONE, &scope(), host);
        tab.renew(&scope(), host);
        assert_ne!(tab.id, between.id);
        assert!(!tab.is_closed());
        assert_ne!(open(host).0.id, tab.id, "it is open");
    }

    #[test]
    fn what_was_edited_by_hand_is_no_tab() {
        let host = &mut MemoryHost::default();
        for edited in ["x", "x.1.", "9ef11e58-809f-4d93-855d-22f12c3fd401.x.", "9ef11e58-809f-4d93-855d-22f12c3fd401"] {
            host.save(&scope().name(Key::TAB), edited, Key::TAB.place, 0);
            assert_eq!(open(host).1, 0, "{edited}");
        }
    }
}
