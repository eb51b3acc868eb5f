//! The sections of the settings.

use super::choice::PathMode;
use super::rule::{BatchAge, BatchBytes, BatchEvents, Collected, Days, Honoured, OptIn, Protection, TitleWait, Wait};
use super::text::{CensorNames, Line, QueryNames};
use serde::{Deserialize, Serialize};

/// The treatment of IDs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdentitySettings {
    /// How long the start of a page waits for a provider, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<Wait>,
    /// Whether IDs are hashed in the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<Protection>,
    /// The salt that is put before an ID to be hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<Line>,
    /// Whether an event links the anonymous user to the identified one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Collected>,
    /// How long the anonymous ID and the consent are stored, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
}

/// The fields and events to collect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CollectSettings {
    /// The page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Collected>,
    /// The path of the page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pathname: Option<Collected>,
    /// Whether e-mail addresses, tokens and UUIDs in addresses and titles are collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<PathMode>,
    /// The query parameters to collect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<QueryNames>,
    /// The part of the address after `#`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<OptIn>,
    /// The document's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Collected>,
    /// How long a page view waits for its title, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_wait_ms: Option<TitleWait>,
    /// Page views as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_views: Option<Collected>,
    /// Whether `history.replaceState` to another path counts as a page view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_state: Option<OptIn>,
    /// The browser's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_name: Option<Collected>,
    /// The browser's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_version: Option<Collected>,
    /// Whether the browser is a phone's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Collected>,
    /// The operating system's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_name: Option<Collected>,
    /// The operating system's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_version: Option<Collected>,
    /// The viewport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<Collected>,
    /// The time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Collected>,
}

/// What is captured at level 2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExperienceSettings {
    /// Clicks as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<Collected>,
    /// Changes of fields as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Collected>,
    /// Submits of forms as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submits: Option<Collected>,
    /// Rage clicks and dead clicks as events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frustration: Option<Collected>,
    /// Texts, labels, names, titles and attributes of elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Collected>,
    /// Whether the masks of other tools count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Honoured>,
    /// The names of further attributes to collect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<QueryNames>,
}

/// The elements that are censored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CensorSettings {
    /// By their IDs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<CensorNames>,
    /// By their classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<CensorNames>,
    /// By CSS selectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selectors: Option<CensorNames>,
}

/// The limits of a batch. A batch is sent when it reaches one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BatchSettings {
    /// The number of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<BatchEvents>,
    /// The size of the JSON, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<BatchBytes>,
    /// The age of the first event, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<BatchAge>,
}
