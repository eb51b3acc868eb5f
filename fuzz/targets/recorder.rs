//! A visit of any page in any browser: settings, stored entries, calls of the page, events of the browser and replies of
//! the collector, as typed steps. The recorder never panics, every body that it sends is a batch, and a number of a tab
//! never denotes two events.

#![no_main]

#[path = "../recorder/browser.rs"]
mod browser;
#[path = "../recorder/settings.rs"]
mod settings;
#[path = "../recorder/step.rs"]
mod step;

use browser::Browser;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use settings::Setting;
use step::Step;

/// A visit.
#[derive(Debug, Arbitrary)]
struct Visit<'a> {
    /// The settings of the site's owner.
    owner: Vec<Setting<'a>>,
    /// The settings of the page.
    page: Vec<Setting<'a>>,
    steps: Vec<Step<'a>>,
}

fuzz_target!(|visit: Visit<'_>| {
    let mut browser = Browser::open(settings::site(&visit.owner), settings::page(&visit.page));
    for step in visit.steps {
        step.take(&mut browser);
        browser.check_batches();
    }
});
