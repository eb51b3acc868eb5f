//! The tab: its ID, which survives reloads and is not shared with a duplicated tab, and the numbers of its events,
//! which continue from page to page.

use crate::host::Host;
use crate::scope::Scope;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use waymark_wire::Lost;
use waymark_wire::level::Key;

/// A tab. Its ID and next event number are stored only while no page of the tab is open: a page removes the entry when
/// it opens and writes the entry when it closes. A duplicated tab, which is a copy of an open tab, finds no entry.
/// Neither does a tab whose page ended without notice. Both get a new ID, so that no number is used twice.
#[derive(Debug, Default)]
pub struct Tab {
    id: Option<Uuid>,
    /// The entry that the page stored when it closed.
    kept: Option<StoredTab>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StoredTab {
    v: V1,
    id: Uuid,
    /// The number of the tab's next event.
    next: u64,
    lost: Lost,
}

impl Tab {
    /// The tab's ID. `None` until a page of the tab is opened.
    pub fn id(&self) -> Option<Uuid> {
        self.id
    }

    /// Opens a page of the tab. Returns the number of the tab's next event and reads the tab's losses into `lost`.
    pub fn open(&mut self, lost: &mut Lost, scope: &Scope, host: &mut impl Host) -> u64 {
        let name = scope.name(Key::TAB);
        let found: Option<StoredTab> = stored::load(&name, Key::TAB.area, 0, host);
        host.remove(&name);
        self.kept = None;
        match found {
            Some(found) => {
                self.id = Some(found.id);
                *lost = found.lost;
                found.next
            }
            None => {
                self.id = Some(host.new_uuid());
                0
            }
        }
    }

    /// Gives a page that was closed and is shown again a new tab ID. Other pages of the tab, closed or still open, have
    /// used the tab's numbers meanwhile, and the restored page may see an old copy of the tab's storage.
    pub fn renew(&mut self, scope: &Scope, host: &mut impl Host) {
        self.kept = None;
        host.remove(&scope.name(Key::TAB));
        self.id = Some(host.new_uuid());
    }

    /// Closes the page: stores `next`, the number of the tab's next event, and the losses. Writes only if they have
    /// changed.
    pub fn close(&mut self, next: u64, lost: &Lost, scope: &Scope, host: &mut impl Host) {
        let now = self.id.map(|id| StoredTab { v: V1, id, next, lost: *lost });
        if now != self.kept {
            self.kept = now;
            if let Some(kept) = &self.kept {
                stored::save(&scope.name(Key::TAB), kept, Key::TAB.area, 0, host);
            }
        }
    }

    /// Whether the page has closed the tab and has not been shown again since.
    pub fn is_closed(&self) -> bool {
        self.kept.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};
    use waymark_wire::Reason;

    fn open(host: &mut MemoryHost) -> (Tab, u64, Lost) {
        let (mut tab, mut lost) = (Tab::default(), Lost::default());
        let next = tab.open(&mut lost, &scope(), host);
        (tab, next, lost)
    }

    #[test]
    fn a_reloaded_tab_continues_its_numbers() {
        let host = &mut MemoryHost::default();
        let (mut tab, next, mut lost) = open(host);
        assert_eq!(next, 0);
        lost.add(Reason::Overflow, 3);
        tab.close(12, &lost, &scope(), host);
        let (again, next, kept) = open(host);
        assert_eq!((again.id, next, kept), (tab.id, 12, lost));
    }

    #[test]
    fn a_duplicated_tab_gets_a_new_id() {
        let host = &mut MemoryHost::default();
        let (tab, ..) = open(host);
        // The copy is made while the page is open.
        let (copy, next, _) = open(host);
        assert_ne!(copy.id, tab.id);
        assert_eq!(next, 0);
    }

    #[test]
    fn a_restored_page_gets_a_new_id() {
        let host = &mut MemoryHost::default();
        let (mut tab, ..) = open(host);
        tab.close(5, &Lost::default(), &scope(), host);
        let (mut between, ..) = open(host);
        between.close(8, &Lost::default(), &scope(), host);
        tab.renew(&scope(), host);
        assert_ne!(tab.id, between.id);
        assert!(!tab.is_closed());
        assert_ne!(open(host).0.id, tab.id, "it is open");
    }

    #[test]
    fn an_edited_entry_is_ignored() {
        let host = &mut MemoryHost::default();
        let tab = |id, next| format!(r#"{{"v":1,"id":"{id}","next":{next},"lost":{{}}}}"#);
        let id = "9ef11e58-809f-4d93-855d-22f12c3fd401";
        host.stored.insert(scope().name(Key::TAB), tab(id, "7"));
        assert_eq!(open(host).1, 7);
        for edited in ["x", "{}", &tab("x", "7"), &tab(id, "-1"), &tab(id, "x"), &tab(id, "7").replace(":1", ":2")] {
            host.stored.insert(scope().name(Key::TAB), edited.to_owned());
            assert_eq!(open(host).1, 0, "{edited}");
        }
    }
}
