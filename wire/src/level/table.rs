//! The level table. Each row has a description, which becomes the text of the data dictionary and is not part of the
//! recorder that pages load.

use super::purpose;
use super::tracking_level::Level;
use crate::Context;

/// A group of fields or events that a site can switch off, by the setting [`Switch::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Switch {
    /// The page's address.
    Url,
    /// The path of the page's address.
    Pathname,
    /// The query parameters that the site lists; off by default.
    Query,
    /// The part of the address after `#`; off by default.
    Hash,
    /// The document's title.
    Title,
    /// Page views as events.
    PageViews,
    /// The browser's name.
    BrowserName,
    /// The browser's version.
    BrowserVersion,
    /// Whether the browser is a phone's.
    Mobile,
    /// The operating system's name.
    OsName,
    /// The operating system's version.
    OsVersion,
    /// The viewport.
    Screen,
    /// The time zone.
    Timezone,
    /// The end user's ID: off if the site does not distinguish users.
    User,
    /// The link between the anonymous and the identified user.
    Link,
    /// Clicks as events.
    Clicks,
    /// Changes of fields as events.
    Changes,
    /// Submits of forms as events.
    Submits,
    /// Rage clicks and dead clicks as events.
    Frustration,
    /// Texts, labels, names, titles and attributes of elements.
    Text,
}

impl Switch {
    /// All switches.
    pub const ALL: [Switch; 20] = [
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
        Switch::Clicks,
        Switch::Changes,
        Switch::Submits,
        Switch::Frustration,
        Switch::Text,
    ];

    /// The names of the settings, in the order of [`Switch::ALL`], separated by spaces. One text is smaller than a
    /// list.
    pub const NAMES: &str = "collect.url collect.pathname collect.query collect.hash collect.title collect.pageViews \
        collect.browserName collect.browserVersion collect.mobile collect.osName collect.osVersion collect.screen \
        collect.timezone user identity.link experience.clicks experience.changes experience.submits \
        experience.frustration experience.text";

    /// The name of the switch's setting.
    pub fn name(self) -> &'static str {
        Self::NAMES.split_whitespace().nth(self as usize).unwrap_or_default()
    }

    /// The switch's bit.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

macro_rules! fields {
    ($($field:ident $path:literal $section:ident $(. $member:ident)* $level:ident [$($switch:ident)*] $meaning:literal;)*) => {
        /// The fields of the shared context, in the order in which they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = $meaning] $field,)*
        }

        impl Field {
            /// All fields.
            pub const ALL: &[Field] = &[$(Field::$field,)*];

            const RULES: [(Level, u32); Field::ALL.len()] = [$((Level::$level, 0 $(| Switch::$switch.bit())*),)*];

            /// The level from which the field is collected, and the switches that each remove it, as bits.
            pub fn rule(self) -> (Level, u32) {
                Field::RULES.get(self as usize).copied().unwrap_or((Level::Playback, u32::MAX))
            }

            /// The field's path in an event.
            pub fn path(self) -> &'static str {
                match self { $(Field::$field => $path,)* }
            }

            /// Removes the field from a context.
            pub(crate) fn remove(self, context: &mut Context) {
                match self {
                    $(Field::$field => if let Some(section) = &mut context.$section {
                        reset(&mut (*section)$(.$member)*);
                    },)*
                }
            }

            /// The field's meaning.
            pub fn meaning(self) -> &'static str {
                match self { $(Field::$field => $meaning,)* }
            }

            /// The field at `path`.
            pub fn at(path: &str) -> Option<Field> {
                Field::ALL.iter().copied().find(|field| field.path() == path)
            }
        }
    };
}

fn reset<T: Default>(value: &mut T) {
    *value = T::default();
}

fields! {
    SId "sId" s_id Engagement [] "The session's GUID. A session ends after 30 minutes without an event, or 12 hours in total.";
    InteractionGuid "interactionGuid" interaction_guid Engagement [] "One GUID for each play of content, else for each page view; `wm.interactionGuid` of the stored event.";
    EuId "wm.euId" wm.eu_id Engagement [User] "The end user's ID: the ID that the site gave, hashed if the site asks for that, else the anonymous GUID of this browser.";
    EuIdSource "wm.euIdSource" wm.eu_id_source Engagement [User] "The source of the ID. `Identifier`: the site; `Cache`: the anonymous ID of this browser.";
    PermId "wm.permId" wm.perm_id Engagement [] "The A/B permutation, -1 for none.";
    Environment "wm.env" wm.env Engagement [] "The site's environment; 0 is production.";
    Platform "wm.platform" wm.platform Engagement [] "The platform; 1 is the web.";
    BrowserName "env.browser.name" env.browser.name Engagement [BrowserName] "The browser's name, such as `Chrome`.";
    BrowserVersion "env.browser.version" env.browser.version Engagement [BrowserVersion] "The browser's version, as precise as the browser gives it.";
    BrowserString "env.browser.string" env.browser.string Engagement [BrowserName BrowserVersion] "The browser's name and version in one text.";
    OsName "env.os.name" env.os.name Engagement [OsName] "The operating system's name.";
    OsVersion "env.os.version" env.os.version Engagement [OsVersion] "The operating system's version, only if the browser still gives the real one.";
    Mobile "env.mobile" env.mobile Engagement [Mobile] "Whether the browser describes itself as a phone's.";
    ScreenHeight "env.screen.height" env.screen.height Engagement [Screen] "The viewport's height in CSS pixels.";
    ScreenWidth "env.screen.width" env.screen.width Engagement [Screen] "The viewport's width in CSS pixels.";
    Timezone "env.timezone" env.timezone Engagement [Timezone] "Minutes from local time to UTC: UTC+2 is -120.";
    Protocol "ctx.location.protocol" ctx.location.protocol Engagement [Url] "The protocol of the page's address, with the colon.";
    Hostname "ctx.location.hostname" ctx.location.hostname Engagement [Url] "The page's host, without the port.";
    Pathname "ctx.location.pathname" ctx.location.pathname Engagement [Url Pathname] "The page's path, at most 2,000 characters. E-mail addresses, tokens and UUIDs in it are replaced by `[email]`, `[token]` and `[uuid]`, unless `collect.paths` is `'exact'`.";
    Search "ctx.location.search" ctx.location.search Engagement [Url Pathname Query] "Only the query parameters that the site lists, at most 1,000 characters. Their values are redacted as the path is.";
    Hash "ctx.location.hash" ctx.location.hash Engagement [Url Pathname Hash] "The part of the address from the `#` on, only if the site asks for it, at most 1,000 characters. It is redacted as the path is.";
    IsIframe "ctx.isIframe" ctx.is_iframe Engagement [] "Whether the page is shown inside another page.";
    VisitId "ctx.visitId" ctx.visit_id Engagement [] "The ID of the page view, 32 hex digits.";
    Title "ctx.title" ctx.title Engagement [Title] "The document's title, at most 1,000 characters. It is redacted as the path is.";
    Visions "visions.sId" visions.s_id Engagement [] "The GUID of the experience and playback session.";
    Lib "version.lib" version.lib Engagement [] "The recorder's build.";
    Pe "version.pe" version.pe Engagement [] "The version of the event's shape.";
    WebDriver "webdriver" webdriver Engagement [] "Only where software drives the browser and says so (`navigator.webdriver`): `true`. Not in the stored event: the collector makes `server.bot` of it.";
}

/// An event type with a meaning to the recorder. All other types that a page records belong to level 1.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The event's `type`.
    pub name: &'static str,
    /// The type's meaning.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:literal $level:ident [$($switch:ident)*] $meaning:literal;)*) => {
        impl Kind {
            /// All event types with a meaning to the recorder.
            pub const ALL: &[Kind] = &[$(Kind { name: $name, meaning: $meaning },)*];

            /// The level from which events of this type are recorded, and the switches that each remove them, as bits.
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
    "pageView" Engagement [PageViews] "The user viewed a page, or an address that a single-page application navigated to.";
    "identify" Engagement [Link User] "The anonymous user was identified; `data.anonymousId` is the anonymous ID.";
    "consent" Engagement [] "The user agreed to the purposes in `data.purposes`.";
    "elementClick" Experience [Clicks] "The user clicked an element, or operated it by a key.";
    "elementChange" Experience [Changes] "The user changed a field or an editor; never what the field holds.";
    "formSubmit" Experience [Submits] "The user submitted a form.";
    "rageClick" Experience [Frustration] "The user clicked an element four times or more, each time within a second.";
    "deadClick" Experience [Frustration] "The user clicked what looks as if it did something, and nothing happened.";
    "playback" Playback [] "A part of the playback record. Reserved: this version records none.";
}

/// The storage area of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StorageArea {
    /// sessionStorage of the tab.
    Session,
    /// localStorage.
    Local,
    /// localStorage and a cookie that reaches the site's subdomains. Each repairs the other.
    CookieAndLocal,
    /// Only a cookie.
    Cookie,
}

/// A part of a storage name after the site, separated by `.`. A part contains no `.`, and a name has exactly the parts
/// that its key lists. A site's key may contain dots, and still no name belongs to two sites ([`super::Name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// The collector: 8 hex digits, a hash of its address.
    Collector,
    /// The tab's GUID.
    Tab,
    /// The number of the first event.
    First,
    /// The number of events.
    Events,
    /// The user's storage key, a whole number.
    User,
    /// The kind of a state entry.
    Kind,
    /// The name of a state entry, with `~` for each `.`.
    Entry,
}

/// A storage key: an entry is named `<base>.<site>`, followed by the key's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The beginning of the key's names, before the first `.`.
    pub base: &'static str,
    /// The parts after the site.
    pub parts: &'static [Part],
    /// The storage area.
    pub area: StorageArea,
    /// The purposes that each permit storing the key, as bits.
    pub purposes: u8,
}

macro_rules! keys {
    ($($key:ident $base:literal [$($part:ident)*] $area:ident $purposes:expr, $lifetime:literal $meaning:literal;)*) => {
        impl Key {
            $(
                #[doc = $meaning]
                pub const $key: Key =
                    Key { base: $base, parts: &[$(Part::$part,)*], area: StorageArea::$area, purposes: $purposes };
            )*

            /// All keys.
            pub const ALL: &[Key] = &[$(Key::$key,)*];

            /// The key's lifetime and meaning. For documentation; not part of the recorder that pages load.
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
    CONSENT "wm-consent" [] CookieAndLocal purpose::ALL, "`identity.days` after the user agreed, 365 days by default" "The purposes that the user agreed to, as a sum (1 functional, 2 analytics, 4 playback), and the time. A denial is not stored.";
    SETTINGS "wm-settings" [Collector] Local purpose::ALL, "until the collector answers with other settings" "The settings that the site's owner made at the collector, without user data. Cached so that a page does not wait for the collector, and an outage of the collector changes nothing.";
    SAMPLE "wm-sample" [] Local purpose::ANALYTICS, "365 days" "Only if the site records a part of its users: a random number from 0 to 99 that decides whether this browser is recorded. If storing it is not permitted, each page draws a new number.";
    STATE "wm-state" [User Kind Entry] Local purpose::FUNCTIONAL, "set by the site for each entry, else 365 days" "The user's progress, one key for each entry. `<user>` is a hash of the user's ID, `0` for an anonymous user. The setting `state` can choose a cookie instead.";
    EUID "wm-euid" [] CookieAndLocal purpose::ANALYTICS, "`identity.days` after the ID was created, 365 days by default" "The anonymous ID (a random GUID), the time when it was created, and a hash of the identified user that it was linked to.";
    SESSION "wm-session" [] CookieAndLocal purpose::ANALYTICS, "used until the session ends: after 30 minutes without an event, or 12 hours in total" "The session's two GUIDs, its start, its last event, and a hash of its user's ID if the user is identified, so that pages and tabs share the session.";
    PROBE "wm-probe" [] Cookie purpose::ALL, "removed at once" "Written once per page to find the cookie domain that the browser accepts; contains `1`.";
    OUTBOX "wm-out" [Collector Tab First Events] Local purpose::ANALYTICS, "until the collector acknowledges the batch, or one week of failures; at most 512 KiB in total" "Batches of events that the collector has not acknowledged yet, one key for each batch.";
    LEASE "wm-lease" [Collector Tab] Local purpose::ANALYTICS, "8 seconds, renewed" "Only in Firefox and in browsers without Web Locks: the page that sends the batches of the tab.";
    TAB "wm-tab" [Collector] Session purpose::ANALYTICS, "until the tab is closed" "The tab's GUID, the number of its next event, and its losses, so that event numbers continue across page loads.";
}
