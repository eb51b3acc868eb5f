//! What the recorder needs from wherever it runs: facts, a clock, randomness, a small store, and effects carried out.

use crate::agent::Agent;
use crate::context::Page;
use uuid::Uuid;

/// A time that does not come.
pub const NEVER: i64 = i64::MAX;

/// The world around a [`crate::Recorder`].
pub trait Host {
    /// Epoch ms.
    fn now(&self) -> i64;
    /// A new random (version 4) UUID.
    fn guid(&mut self) -> Uuid;
    /// What the browser says of itself. Asked once.
    fn agent(&mut self) -> Agent;
    /// The page as it is now. Asked when it may have changed.
    fn page(&mut self) -> Page;
    /// A cookie's value.
    fn cookie(&mut self, name: &str) -> Option<String>;
    /// The text or number at a dotted path from `window`.
    fn variable(&mut self, path: &str) -> Option<String>;
    /// What [`Host::save`] kept under the key, in this page or an earlier one.
    fn load(&mut self, key: &str) -> Option<String>;
    /// Keeps the value for later pages as far as the browser lets it.
    fn save(&mut self, key: &str, value: &str);
    /// Sends the batch with that number to the collector, and tells its answer by [`crate::Input::Answered`].
    fn post(&mut self, number: u32, body: String);
    /// Wants [`crate::Input::Woken`] at that time (epoch ms) and at no other asked for before; [`NEVER`]: not at all.
    fn wake_at(&mut self, at: i64);
    /// The flushes asked for so far are done: everything arrived, or there was some trouble.
    fn settle(&mut self, trouble: Option<&'static str>);
    /// Tells the site's developer something, once.
    fn report(&mut self, message: &str);
}

/// A new GUID as it is written in events: hyphenated, lower case.
pub fn guid(host: &mut impl Host) -> String {
    let mut digits = Uuid::encode_buffer();
    host.guid().hyphenated().encode_lower(&mut digits).to_owned()
}
