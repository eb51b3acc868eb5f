//! The rules of each setting: its type, its default, the value used in place of a wrong one, and the combination of the
//! owner's and the page's value.

use super::value::Value;
use crate::level::Level;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The rules of a setting's type.
pub trait Rule: Sized + Clone + PartialEq {
    /// The allowed values, as used in messages and documentation.
    const MUST_BE: &'static str;

    /// Reads a value; `None` if it is not a valid value of this type.
    fn read(value: &Value) -> Option<Self>;

    /// The value that holds if the setting is not set. `None`: no value.
    fn usual() -> Option<Self>;

    /// The value used in place of a wrong one: the value that collects or stores least. `None`: the setting is treated
    /// as not set.
    fn safest() -> Option<Self>;

    /// The value in force if the site's owner set `owner` and the page asks for `page`. A page may restrict but never
    /// widen. If neither value is safer, the owner's holds.
    fn restricted(owner: Option<Self>, page: Option<Self>) -> Option<Self> {
        owner.or(page)
    }
}

/// The lower of the owner's value (the default if not set) and the page's value.
fn lower<T: Default + Ord>(owner: Option<T>, page: Option<T>) -> Option<T> {
    match page {
        Some(page) => Some(owner.unwrap_or_default().min(page)),
        None => owner,
    }
}

/// Reads a setting from a file or a reply. A wrong value is an error.
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
    /// The site's environment: 0 is production, other numbers are defined by the site.
    Environment(u16) 0 to 1000, default 0, refused 0, "must be a whole number from 0 to 1000", Option::or;
    /// The A/B permutation; -1 is none.
    Permutation(i32) -1 to 2147483647, default -1, refused -1, "must be a whole number from -1 to 2147483647", Option::or;
    /// The maximum number of events in a batch.
    BatchEvents(u32) 1 to 1000, default 250, refused 250, "must be a whole number from 1 to 1000", Option::or;
    /// The maximum size of a batch's JSON, in bytes.
    BatchBytes(u32) 1 to 60000, default 45000, refused 45000, "must be a whole number from 1 to 60000", Option::or;
    /// The maximum time that a batch waits for more events, in ms.
    BatchAge(u32) 0 to 3600000, default 5000, refused 5000, "must be a whole number from 0 to 3600000", Option::or;
    /// How long the start of a page waits for the user's ID, in ms.
    Wait(u32) 0 to 10000, default 1000, refused 1000, "must be a whole number from 0 to 10000", Option::or;
    /// How long a page view waits for its title, in ms.
    TitleWait(u32) 0 to 10000, default 500, refused 500, "must be a whole number from 0 to 10000", Option::or;
    /// How long an ID or a consent is stored, in days.
    Days(u16) 1 to 400, default 365, refused 1, "must be a whole number from 1 to 400", lower;
    /// The percentage of browsers that are recorded.
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
    /// Data that is collected unless it is switched off.
    Collected default true, refused false;
    /// Data that is collected only if the owner asks for it.
    OptIn default false, refused false;
    /// A protection of the user that is on by default.
    Honoured default true, refused true;
    /// A protection of the user that is off by default.
    Protection default false, refused true;
}
