//! The table itself. Whoever adds a row says what it is for: that text is the data dictionary's, and no page loads it.

use super::{Level, purpose};

/// What a site can switch off by itself; its setting's name is [`Switch::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Switch {
    /// The page's address.
    Url,
    /// The path of it.
    Pathname,
    /// The query parameters that a site lists; off unless it does.
    Query,
    /// The part of the address after `#`; off unless a site wants it.
    Hash,
    /// The document's title.
    Title,
    /// Page views as events.
    PageViews,
    /// The browser's name.
    BrowserName,
    /// Its version.
    BrowserVersion,
    /// Whether it is a phone's.
    Mobile,
    /// The operating system's name.
    OsName,
    /// Its version.
    OsVersion,
    /// The viewport.
    Screen,
    /// The time zone.
    Timezone,
    /// The end user's ID: off where users are not told apart.
    User,
    /// The link between the anonymous and the known user.
    Link,
}

impl Switch {
    /// All of them.
    pub const ALL: [Switch; 15] = [
        Switch::Url,
        Switch::Pathname,
        Switch::Query,
        Switch::Hash,
        Switch::Title,
        Switch::PageViews,
        Switch::BrowserName,
        Switch::BrowserVersion,
        Switch::Mobile,
        Switch::OsName,
        Switch::OsVersion,
        Switch::Screen,
        Switch::Timezone,
        Switch::User,
        Switch::Link,
    ];

    /// The settings, in the order of [`Switch::ALL`], a space between them: one text, for the recorder loops over it.
    pub const NAMES: &str = "collect.url collect.pathname collect.query collect.hash collect.title collect.pageViews \
        collect.browserName collect.browserVersion collect.mobile collect.osName collect.osVersion collect.screen \
        collect.timezone user identity.link";

    /// The setting that it is.
    pub fn name(self) -> &'static str {
        Self::NAMES.split_whitespace().nth(self as usize).unwrap_or_default()
    }

    /// Its bit among the switches.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

macro_rules! fields {
    ($($field:ident $path:literal $level:ident [$($switch:ident)*] $meaning:literal;)*) => {
        /// What events can share, in the order in which it is written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = $meaning] $field,)*
        }

        impl Field {
            /// All of them.
            pub const ALL: &[Field] = &[$(Field::$field,)*];

            /// Where each stands in an event, `;` behind each; `#` marks numbers and booleans, the rest are texts.
            pub(crate) const PATHS: &str = concat!($($path, ";",)*);

            const RULES: [(Level, u32); Field::ALL.len()] = [$((Level::$level, 0 $(| Switch::$switch.bit())*),)*];

            /// The level from which it is collected, and the switches each of which removes it, as bits.
            pub fn rule(self) -> (Level, u32) {
                Field::RULES.get(self as usize).copied().unwrap_or((Level::Playback, u32::MAX))
            }

            /// Where it stands in an event.
            pub fn path(self) -> &'static str {
                match self { $(Field::$field => $path,)* }.trim_end_matches('#')
            }

            /// What it is.
            pub fn meaning(self) -> &'static str {
                match self { $(Field::$field => $meaning,)* }
            }

            /// The field that stands there.
            pub fn at(path: &str) -> Option<Field> {
                Field::ALL.iter().copied().find(|field| field.path() == path)
            }
        }
    };
}

fields! {
    SId "sId" Engagement [] "The session's GUID: a session ends after 30 minutes without an event or 12 hours in all.";
    InteractionGuid "interactionGuid" Engagement [] "One GUID for each play of content, else for each page view; `wm.interactionGuid` of the stored event.";
    EuId "wm.euId" Engagement [User] "The end user's ID: the one that the site's provider gave, hashed where the site says so, else the anonymous GUID of this browser.";
    EuIdSource "wm.euIdSource" Engagement [User] "`Identifier`: the site gave the ID; `Cache`: it is the anonymous one.";
    PermId "wm.permId#" Engagement [] "The A/B permutation, -1 for none.";
    Environment "wm.env#" Engagement [] "The site's environment, 0 is production.";
    Platform "wm.platform#" Engagement [] "1: the web.";
    BrowserName "env.browser.name" Engagement [BrowserName] "The browser, such as `Chrome`.";
    BrowserVersion "env.browser.version" Engagement [BrowserVersion] "Its version, as precise as it tells.";
    BrowserString "env.browser.string" Engagement [BrowserName BrowserVersion] "Name and version in one text.";
    OsName "env.os.name" Engagement [OsName] "The operating system.";
    OsVersion "env.os.version" Engagement [OsVersion] "Its version, only where browsers still tell the true one.";
    Mobile "env.mobile#" Engagement [Mobile] "Whether the browser calls itself a phone's.";
    ScreenHeight "env.screen.height#" Engagement [Screen] "The viewport's height in CSS pixels.";
    ScreenWidth "env.screen.width#" Engagement [Screen] "Its width.";
    Timezone "env.timezone#" Engagement [Timezone] "Minutes from local time to UTC: UTC+2 is -120.";
    Protocol "ctx.location.protocol" Engagement [Url] "Of the page's address, with its colon.";
    Hostname "ctx.location.hostname" Engagement [Url] "The page's host, without the port.";
    Pathname "ctx.location.pathname" Engagement [Url Pathname] "The page's path, at most 2,000 characters.";
    Search "ctx.location.search" Engagement [Url Pathname Query] "Those query parameters that the site lists, and no others, at most 1,000 characters.";
    Hash "ctx.location.hash" Engagement [Url Pathname Hash] "The part after `#`, only where the site wants it, at most 1,000 characters.";
    IsIframe "ctx.isIframe#" Engagement [] "Whether the page is shown inside another.";
    VisitId "ctx.visitId" Engagement [] "One for each page view, 32 hex digits.";
    Title "ctx.title" Engagement [Title] "The document's title, at most 1,000 characters.";
    Visions "visions.sId" Engagement [] "The GUID of the experience and playback session.";
    Lib "version.lib" Engagement [] "The recorder's build.";
    Pe "version.pe" Engagement [] "The version of the event's shape.";
}

/// A type of event that the recorder gives a meaning to. Whatever else a page records is of level 1.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The event's `type`.
    pub name: &'static str,
    /// What it tells.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:literal $level:ident [$($switch:ident)*] $meaning:literal;)*) => {
        impl Kind {
            /// All of them.
            pub const ALL: &[Kind] = &[$(Kind { name: $name, meaning: $meaning },)*];

            /// The level from which events of this type are recorded, and the switches each of which removes them.
            pub fn rule(kind: &str) -> (Level, u32) {
                match kind {
                    $($name => (Level::$level, 0 $(| Switch::$switch.bit())*),)*
                    _ => (Level::Engagement, 0),
                }
            }
        }
    };
}

kinds! {
    "pageView" Engagement [PageViews] "A page, or an address that a single-page application moved to, was seen.";
    "identify" Engagement [Link User] "The anonymous user became a known one: `data.anonymousId` is who it was.";
    "consent" Engagement [] "The user agreed: `data.purposes` says to what.";
    "elementClick" Experience [] "A click on the page. Reserved: this version records none.";
    "elementChange" Experience [] "An input changed. Reserved: this version records none.";
    "formSubmit" Experience [] "A form was submitted. Reserved: this version records none.";
    "playback" Playback [] "A piece of the record that can be played back. Reserved: this version records none.";
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Place {
    /// sessionStorage: this tab's.
    Tab,
    /// localStorage.
    Local,
    /// localStorage, and a cookie that reaches the site's subdomains; each repairs the other.
    Both,
    /// The cookie alone.
    Cookie,
}

/// What stands behind the site in a key's name, a `.` before each part. No part holds a `.` itself, and of none is there more
/// or less than the key says: a site's key may hold dots, and still no name is two sites' ([`super::Name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// The collector that it goes to: 8 hex digits that stand for its address.
    Collector,
    /// The tab's GUID.
    Tab,
    /// The number of the first event.
    First,
    /// How many events.
    Events,
    /// The user's mark, a whole number.
    User,
    /// The kind of an entry of kept state.
    Kind,
    /// The entry's name, with `~` for each `.`.
    Entry,
}

/// Something that is kept in the browser, under `<base>.<site>` or with more parts behind that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What its names begin with, before the first `.`.
    pub base: &'static str,
    /// What stands behind the site.
    pub parts: &'static [Part],
    /// Where.
    pub place: Place,
    /// The purposes each of which it may be kept for, as bits.
    pub purposes: u8,
}

macro_rules! keys {
    ($($key:ident $base:literal [$($part:ident)*] $place:ident $purposes:expr, $lifetime:literal $meaning:literal;)*) => {
        impl Key {
            $(
                #[doc = $meaning]
                pub const $key: Key =
                    Key { base: $base, parts: &[$(Part::$part,)*], place: Place::$place, purposes: $purposes };
            )*

            /// All of them.
            pub const ALL: &[Key] = &[$(Key::$key,)*];

            /// How long it is kept, and what it is; no page loads them.
            pub fn meaning(&self) -> (&'static str, &'static str) {
                match self.base {
                    $($base => ($lifetime, $meaning),)*
                    _ => ("", ""),
                }
            }
        }
    };
}

keys! {
    CONSENT "wm-consent" [] Both purpose::ALL, "`identity.days` from when the user agreed, 365 days by default" "What the user agreed to, as a number (1 functional, 2 analytics, 4 playback, added up), and when. Only where that is something; a denial is kept nowhere.";
    SETTINGS "wm-settings" [Collector] Local purpose::ALL, "until the next page finds others" "What the site's owner set at the collector, without anything of the user: a page does not have to wait for it, and an outage of the collector changes nothing.";
    SAMPLE "wm-sample" [] Local purpose::ANALYTICS, "365 days" "Only where a site records some of its users: a random number from 0 to 99 that says whether this browser is one of them. It is drawn for each page where nothing may be kept.";
    STATE "wm-state" [User Kind Entry] Local purpose::FUNCTIONAL, "as the site says for each, else 365 days" "How far the user is, a key for each entry. `<user>` is a hash of the user's ID, `0` for an anonymous user. In a cookie instead by the setting `state`.";
    EUID "wm-euid" [] Both purpose::ANALYTICS, "`identity.days` from when it was made, 365 days by default" "The anonymous ID, a random GUID, when it was made, and a hash of the known user that it was linked to.";
    SESSION "wm-session" [] Both purpose::ANALYTICS, "used while the session lasts: 30 minutes without an event, 12 hours in all" "The session's two GUIDs, its start, its last event, and a hash of its user's ID where that is known, so that pages and tabs share it.";
    PROBE "wm-probe" [] Cookie purpose::ALL, "removed at once" "Tried once a page to find out which cookie domain the browser takes; holds `1`.";
    OUTBOX "wm-out" [Collector Tab First Events] Local purpose::ANALYTICS, "until the collector has acknowledged it, a week at most of failures, 512 KiB in all" "Batches of events that the collector has not acknowledged yet, a key for each.";
    LEASE "wm-lease" [Collector Tab] Local purpose::ANALYTICS, "for 8 seconds at a time" "Only in Firefox, and where there are no Web Locks: which page sends the batches of the tab.";
    TAB "wm-tab" [Collector] Tab purpose::ANALYTICS, "until the tab is closed" "The tab's GUID, the number of its next event, and what it has lost, so that events are numbered through page loads.";
}
