//! What the recorder needs from wherever it runs: facts, a clock, randomness, a small store, and effects carried out.

use crate::agent::Agent;
use uuid::Uuid;
use waymark_wire::level::{Key, Place};

/// A time that does not come.
pub const NEVER: i64 = i64::MAX;

/// What became of something that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kept {
    /// It is kept for later pages.
    Stored,
    /// It lives as long as the page does: more is not permitted, or the browser refuses it.
    ForThePage,
    /// There is no room: what was kept under the key before is kept on.
    Full,
}

/// What becomes of what is not permitted any more ([`Host::permit`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Purge {
    /// It stays: nothing is decided yet.
    Nothing,
    /// It is kept for no later page: the page's own memory alone goes on holding what it holds.
    Kept,
    /// Nor does that.
    All,
}

/// The world around a [`crate::Recorder`].
pub trait Host {
    /// Epoch ms.
    fn now(&self) -> i64;
    /// A new random (version 4) UUID.
    fn guid(&mut self) -> Uuid;
    /// What the browser says of itself. Asked once.
    fn agent(&mut self) -> Agent;
    /// The page as it is now, a line for each of [`crate::context::PAGE`]. `query` names the parameters that the site
    /// keeps, a space between them; `#` among them: the hash too.
    fn page(&mut self, query: &str) -> String;
    /// What the site's owner set at the collector, a line each as [`crate::config`] takes it; behind a `!` why it cannot be
    /// had: the HTTP status, 0 for none. Nothing before the collector has answered. It is asked when this is called first,
    /// now and then after that, and at once with `again`; what has changed comes with [`crate::Input::LookAgain`].
    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String>;
    /// What a provider gives now ([`crate::identity`] lists them). `detail` is the attribute of a selector, the claim of
    /// an ID token. What a promise gives comes later, with [`crate::Input::LookAgain`].
    fn provided(&mut self, kind: &str, at: &str, detail: &str) -> Option<String>;
    /// From here on, of the names that the recorder of `site` writes ([`Key::of`]), only those of `keys` are read, and kept
    /// for later pages. What is kept under its others is removed as `purge` says; what the page's own memory holds is kept
    /// as soon as it is permitted. Whatever has another name is somebody else's: the host never reads, lists or removes it.
    fn permit(&mut self, site: &str, keys: &[Key], purge: Purge);
    /// What [`Host::save`] kept under the key, in this page or, as far as is permitted, an earlier one.
    fn load(&mut self, key: &str, place: Place, days: u32) -> Option<String>;
    /// Keeps the value for so many days, as far as that is permitted and the browser lets it; an empty one removes it.
    fn save(&mut self, key: &str, value: &str, place: Place, days: u32) -> Kept;
    /// The names of the site's recorder, whether or not they are permitted, under which something is kept and that begin with
    /// `prefix`, a line each.
    fn keys(&mut self, prefix: &str) -> String;
    /// Wants to be the only one for a moment among the tabs that ask for the same lock: [`crate::Input::Turn`] tells when
    /// that begins and when it ends.
    fn take_turn(&mut self, lock: &str);
    /// Wants to be the only page that sends what was recorded in `tab`, by a lock or a lease of that name:
    /// [`crate::Input::Owned`] tells when it is, which may be when the page that is now has ended. It ends with the page.
    /// What is wanted twice is told again.
    fn own(&mut self, tab: &str, lease: &str);
    /// Wants [`crate::Input::Idle`] soon, when the page has nothing else to do.
    fn when_idle(&mut self);
    /// Sends the batch with that number to the collector, and tells its answer by [`crate::Input::Answered`]. What is sent
    /// as the page is `leaving` must not depend on anything that comes later.
    fn post(&mut self, number: u32, body: String, leaving: bool);
    /// Has the browser send `body` should the page end without being told, in place of what it was given before; nothing
    /// where it is empty. Whatever is posted ends that too. Browsers that cannot do not.
    fn post_at_the_end(&mut self, body: String);
    /// Tells the collector of the user's state, and tells its answer by [`crate::Input::Shared`] with that number.
    fn share(&mut self, number: u32, body: String);
    /// Asks the collector to erase what `body` says.
    fn forget(&mut self, body: String);
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
