//! The settings that are one of some words.

use super::rule::{Rule, strict};
use super::value::Value;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

macro_rules! words {
    ($(#[doc = $doc:literal] $name:ident $must:literal, default $usual:expr, refused $safest:expr, $restricted:expr, { $(#[doc = $meaning:literal] $(#[$default:ident])? $word:ident $text:literal,)* })*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
            pub enum $name {
                $(#[doc = $meaning] $(#[$default])? #[serde(rename = $text)] $word,)*
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                    strict(reader)
                }
            }

            impl $name {
                /// The value's name in settings.
                pub fn as_str(self) -> &'static str {
                    match self { $($name::$word => $text,)* }
                }
            }

            impl Rule for $name {
                const MUST_BE: &'static str = $must;

                fn read(value: &Value) -> Option<Self> {
                    match value.line()? {
                        $($text => Some($name::$word),)*
                        _ => None,
                    }
                }

                fn usual() -> Option<Self> {
                    $usual
                }

                fn safest() -> Option<Self> {
                    $safest
                }

                fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
                    ($restricted)(owner, page)
                }
            }
        )*
    };
}

/// The stricter of both values. The values are ordered by how much they collect, the strictest last.
fn stricter<T: Default + Ord>(owner: Option<T>, page: Option<T>) -> Option<T> {
    match page {
        Some(page) => Some(owner.unwrap_or_default().max(page)),
        None => owner,
    }
}

words! {
    /// The behaviour until the user has answered the question of consent.
    ConsentMode "must be one of implied, anonymous, wait", default Some(ConsentMode::Implied), refused Some(ConsentMode::Wait), stricter, {
        /// Everything up to the level is collected.
        #[default]
        Implied "implied",
        /// Events are sent, and nothing is stored for later pages.
        Anonymous "anonymous",
        /// Events are held in memory.
        Wait "wait",
    }
    /// What may be collected under Global Privacy Control.
    GpcMode "must be one of limit, deny", default Some(GpcMode::Limit), refused Some(GpcMode::Deny), stricter, {
        /// Level 1, without linking users.
        #[default]
        Limit "limit",
        /// Nothing.
        Deny "deny",
    }
    /// What may be collected under Do Not Track.
    DntMode "must be one of ignore, limit, deny", default Some(DntMode::Ignore), refused Some(DntMode::Deny), stricter, {
        /// Everything.
        #[default]
        Ignore "ignore",
        /// Level 1.
        Limit "limit",
        /// Nothing.
        Deny "deny",
    }
    /// Which parts of addresses and titles are collected.
    PathMode "must be one of exact, safe", default Some(PathMode::Safe), refused Some(PathMode::Safe), stricter, {
        /// As they are.
        Exact "exact",
        /// Without e-mail addresses, tokens and UUIDs.
        #[default]
        Safe "safe",
    }
    /// The storage area of the user's progress.
    StateArea "must be one of localStorage, cookie", default Some(StateArea::LocalStorage), refused Some(StateArea::LocalStorage), Option::or, {
        /// localStorage of the page's origin.
        #[default]
        LocalStorage "localStorage",
        /// A cookie that reaches the site's subdomains.
        Cookie "cookie",
    }
    /// A data centre.
    Region "must be one of us, eu", default None, refused None, Option::or, {
        /// The United States.
        #[default]
        Us "us",
        /// The European Union.
        Eu "eu",
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
