//! The browser of a visit: one page after another over the same storage, and a collector's replies.

use std::collections::BTreeMap;

use waymark::Recorder;
use waymark::command::Input;
use waymark::testing::MemoryHost;
use waymark_wire::level::Key;
use waymark_wire::{Allowed, Batch, Level};

/// A browser with a page.
pub struct Browser {
    pub host: MemoryHost,
    recorder: Recorder,
    settings: String,
    /// Whether an entry was written that no recorder wrote.
    pub is_edited: bool,
    /// The number of batches that were checked.
    checked: usize,
    /// The events of each tab, by number.
    events: BTreeMap<(String, u64), String>,
}

impl Browser {
    /// A browser that opens a page with these settings. `site`: the collector's reply with the owner's settings.
    pub fn open(site: String, page: String) -> Self {
        let host = MemoryHost { now: 1_795_600_000_000, settings: Some(site), ..MemoryHost::default() };
        let mut browser = Browser {
            host,
            recorder: Recorder::new(),
            settings: page,
            is_edited: false,
            checked: 0,
            events: BTreeMap::new(),
        };
        browser.start();
        browser
    }

    /// Calls `init`.
    pub fn start(&mut self) {
        // A page whose settings are not known yet, or refused, goes on without a recorder.
        let _ = self.recorder.start(&self.settings, self.host.now, &mut self.host);
    }

    /// Gives an input to the recorder. A call that cannot be carried out returns an error.
    pub fn on(&mut self, input: Input<'_>) {
        let _ = self.recorder.on(input, &mut self.host);
    }

    /// Opens a new page, in the same tab or in another one.
    pub fn next_page(&mut self, same_tab: bool) {
        self.recorder = Recorder::new();
        self.host.memory.clear();
        self.host.allowed_keys = Key::ALL.to_vec();
        if !same_tab {
            let tab = self.host.stored.keys().filter(|name| Key::of(name, "demo") == Some(Key::TAB)).cloned();
            for name in tab.collect::<Vec<_>>() {
                self.host.stored.remove(&name);
            }
        }
        self.start();
    }

    /// Checks the batches that were sent since the last call.
    pub fn check_batches(&mut self) {
        // A stored batch is sent as it was found, and a forged one may contain anything.
        if self.is_edited {
            return;
        }
        for (_, body) in &self.host.sent_batches[self.checked..] {
            let batch = Batch::read(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"));
            let tab = batch.tab.to_string();
            for event in batch.expand("", &Allowed::at(Level::Playback)).events {
                let (number, event) = event.unwrap_or_else(|error| panic!("{error:?}: {body}"));
                let event = serde_json::to_string(&event).unwrap();
                let known = self.events.entry((tab.clone(), number)).or_insert_with(|| event.clone());
                assert_eq!(*known, event, "number {number} of {tab}");
            }
        }
        self.checked = self.host.sent_batches.len();
    }
}
