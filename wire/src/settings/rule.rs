//! What each setting may be: its type, its default, the value that stands in for a wrong one, and what holds where both
//! the site's owner and the page set it.

use super::Value;
use crate::level::Level;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A type of setting.
pub trait Rule: Sized + Clone + PartialEq {
    /// What it must be, as messages and documentation put it.
    const MUST_BE: &'static str;

    /// Reads it. `None`: the value is none of this type.
    fn read(value: &Value) -> Option<Self>;

    /// What holds where nobody sets it. `None`: nothing.
    fn usual() -> Option<Self>;

    /// What stands in for a wrong value: the one that collects or keeps least. `None`: nothing, as if it were not set.
    fn safest() -> Option<Self>;

    /// What holds where `owner` is what the site's owner set and `page` what the page asks for. A page may restrict and
    /// never widen; where neither of two values is safer, the owner's holds.
    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        owner.or(page)
    }
}

/// The lower of what the owner allows (the default where the owner says nothing) and what the page asks for.
fn lower<T: Default + Ord>(owner: Option<T>, page: Option<T>) -> Option<T> {
    match page {
        Some(page) => Some(owner.unwrap_or_default().min(page)),
        None => owner,
    }
}

/// Reads a setting from a file or a reply, where a wrong value is an error.
pub(super) fn strict<'de, T: Rule, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
    T::read(&Value::deserialize(reader)?).ok_or_else(|| D::Error::custom(T::MUST_BE))
}

macro_rules! strict {
    ($name:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                strict(reader)
            }
        }
    };
}

macro_rules! numbers {
    ($(#[doc = $doc:literal] $name:ident($type:ty) $least:literal to $most:literal, default $default:literal, refused $safest:literal, $must:literal, $restricted:expr;)*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
            pub struct $name(pub $type);

            impl Default for $name {
                fn default() -> Self {
                    $name($default)
                }
            }

            strict!($name);

            impl Rule for $name {
                const MUST_BE: &'static str = $must;

                fn read(value: &Value) -> Option<Self> {
                    value.integer($least, $most).map(|number| $name(number as $type))
                }

                fn usual() -> Option<Self> {
                    Some(Self::default())
                }

                fn safest() -> Option<Self> {
                    Some($name($safest))
                }

                fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
                    ($restricted)(owner, page)
                }
            }
        )*
    };
}

numbers! {
    /// The site's environment: 0 is production, the others are the site's own.
    Environment(u16) 0 to 1000, default 0, refused 0, "must be a whole number from 0 to 1000", Option::or;
    /// The A/B permutation; -1 is none.
    Permutation(i32) -1 to 2147483647, default -1, refused -1, "must be a whole number from -1 to 2147483647", Option::or;
    /// The most events of a batch.
    BatchEvents(u32) 1 to 1000, default 250, refused 250, "must be a whole number from 1 to 1000", Option::or;
    /// The most bytes of JSON of a batch.
    BatchBytes(u32) 1 to 60000, default 45000, refused 45000, "must be a whole number from 1 to 60000", Option::or;
    /// How long a batch waits for more events, in ms.
    BatchAge(u32) 0 to 3600000, default 5000, refused 5000, "must be a whole number from 0 to 3600000", Option::or;
    /// How long a page waits for the user's ID at its start, in ms.
    Wait(u32) 0 to 10000, default 1000, refused 1000, "must be a whole number from 0 to 10000", Option::or;
    /// How long an ID or a consent is kept, in days.
    Days(u16) 1 to 400, default 365, refused 1, "must be a whole number from 1 to 400", lower;
    /// How many browsers of a hundred are recorded.
    Percent(u8) 0 to 100, default 100, refused 0, "must be a whole number from 0 to 100", lower;
}

strict!(Level);

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_u8(*self as u8)
    }
}

impl Rule for Level {
    const MUST_BE: &'static str = "must be a whole number from 0 to 3";

    fn read(value: &Value) -> Option<Self> {
        value.integer(0, 3).map(|level| Level::of(level as u8))
    }

    fn usual() -> Option<Self> {
        Some(Level::default())
    }

    fn safest() -> Option<Self> {
        Some(Level::Off)
    }

    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        lower(owner, page)
    }
}

macro_rules! booleans {
    ($(#[doc = $doc:literal] $name:ident default $default:literal, refused $safest:literal;)*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
            pub struct $name(pub bool);

            strict!($name);

            impl Default for $name {
                fn default() -> Self {
                    $name($default)
                }
            }

            impl Rule for $name {
                const MUST_BE: &'static str = "must be true or false";

                fn read(value: &Value) -> Option<Self> {
                    match value {
                        Value::Bool(is) => Some($name(*is)),
                        _ => None,
                    }
                }

                fn usual() -> Option<Self> {
                    Some(Self::default())
                }

                fn safest() -> Option<Self> {
                    Some($name($safest))
                }

                fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
                    match page {
                        Some($name($safest)) => page,
                        Some(_) => Some(owner.unwrap_or_default()),
                        None => owner,
                    }
                }
            }
        )*
    };
}

booleans! {
    /// Something that is collected unless it is switched off.
    Collected default true, refused false;
    /// Something that is collected only where the owner wants it.
    OptIn default false, refused false;
    /// A protection of the user that is off unless it is switched on.
    Protection default false, refused true;
}

macro_rules! words {
    ($(#[doc = $doc:literal] $name:ident $must:literal, default $usual:expr, refused $safest:expr, $restricted:expr, { $(#[doc = $meaning:literal] $(#[$default:ident])? $word:ident $text:literal,)* })*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
            pub enum $name {
                $(#[doc = $meaning] $(#[$default])? #[serde(rename = $text)] $word,)*
            }

            strict!($name);

            impl $name {
                /// How it is written.
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

/// The stricter of both: the words are in the order of what they collect, the strictest last.
fn stricter<T: Default + Ord>(owner: Option<T>, page: Option<T>) -> Option<T> {
    match page {
        Some(page) => Some(owner.unwrap_or_default().max(page)),
        None => owner,
    }
}

words! {
    /// What holds until the user has answered the question for consent.
    ConsentMode "must be one of implied, anonymous, wait", default Some(ConsentMode::Implied), refused Some(ConsentMode::Wait), stricter, {
        /// Everything up to the level is collected.
        #[default]
        Implied "implied",
        /// Events are sent, and nothing is kept beyond the page.
        Anonymous "anonymous",
        /// Events are held in memory.
        Wait "wait",
    }
    /// What Global Privacy Control allows.
    GpcMode "must be one of limit, deny", default Some(GpcMode::Limit), refused Some(GpcMode::Deny), stricter, {
        /// Level 1, without linking users.
        #[default]
        Limit "limit",
        /// Nothing.
        Deny "deny",
    }
    /// What Do Not Track allows.
    DntMode "must be one of ignore, limit, deny", default Some(DntMode::Ignore), refused Some(DntMode::Deny), stricter, {
        /// Everything.
        #[default]
        Ignore "ignore",
        /// Level 1.
        Limit "limit",
        /// Nothing.
        Deny "deny",
    }
    /// Where the user's progress is kept.
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

/// A text of one line that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line(String);

strict!(Line);

impl Line {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Rule for Line {
    const MUST_BE: &'static str = "must be a text of one line";

    fn read(value: &Value) -> Option<Self> {
        value.line().map(|line| Line(line.to_owned()))
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        None
    }
}

/// The names of the query parameters that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueryNames(pub Vec<Line>);

strict!(QueryNames);

impl Rule for QueryNames {
    const MUST_BE: &'static str = "must be a text of one line, or a list of them";

    fn read(value: &Value) -> Option<Self> {
        let names: Option<Vec<Line>> = match value {
            Value::List(list) => list.iter().map(Line::read).collect(),
            one => Line::read(one).map(|name| vec![name]),
        };
        names.map(QueryNames)
    }

    fn usual() -> Option<Self> {
        None
    }

    fn safest() -> Option<Self> {
        Some(QueryNames::default())
    }

    /// What both list; all of the owner's where the page says nothing.
    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        let Some(page) = page else { return owner };
        let mut both = owner.unwrap_or_default();
        both.0.retain(|name| page.0.contains(name));
        Some(both)
    }
}
