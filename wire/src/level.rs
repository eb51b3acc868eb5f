//! How much may be collected: the one table of every field, every event and every stored key, with the level from which
//! it is collected, the switch that removes it and what it is for. Identity, context, storage and the gate of the
//! recorder read it, the collector strips by it, and `docs/data-dictionary.md` is written from it.
//!
//! A field that the table does not name cannot be put on the wire: [`crate::Context`] holds fields and nothing else, and
//! what [`Allowed`] does not allow is left out where they are written.

mod name;
mod table;

pub use name::{Name, swap_dots};
pub use table::{Field, Key, Kind, Part, Place, Switch};

/// The tracking level: each holds what the one below it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// 0: nothing is collected, stored or sent.
    Off,
    /// 1: guidance content, page views, and the browser, screen and page they happened in.
    #[default]
    Engagement,
    /// 2: clicks, input changes and form submits on the page.
    Experience,
    /// 3: a record of the page that can be played back.
    Playback,
}

impl Level {
    /// All of them, lowest first.
    pub const ALL: [Level; 4] = [Level::Off, Level::Engagement, Level::Experience, Level::Playback];

    /// The level of that number; the lowest where there is none.
    pub fn of(number: u8) -> Level {
        match number {
            1 => Level::Engagement,
            2 => Level::Experience,
            3 => Level::Playback,
            _ => Level::Off,
        }
    }

    /// Its name, and what it adds to the one below it; no page loads them.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Level::Off => ("off", "nothing is collected, kept or sent"),
            Level::Engagement => {
                ("engagement", "guidance content, page views, and the browser and page they happened in")
            }
            Level::Experience => {
                ("experience", "clicks, input changes and form submits; this version records none by itself")
            }
            Level::Playback => ("playback", "a record of the page that can be played back; this version makes none"),
        }
    }
}

/// What a person may agree to, as bits.
pub mod purpose {
    /// Remembering how far the user is in tours, tasks and courses.
    pub const FUNCTIONAL: u8 = 1;
    /// Events, and the IDs that tell users, sessions and tabs apart.
    pub const ANALYTICS: u8 = 2;
    /// The record that can be played back.
    pub const PLAYBACK: u8 = 4;
    /// All of them.
    pub const ALL: u8 = 7;
    /// Their names, the lowest bit's first.
    pub const NAMES: [&str; 3] = ["functional", "analytics", "playback"];
}

/// What may be collected at a level with some switches off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    level: Level,
    /// The switches that are off, as bits.
    off: u32,
}

impl Allowed {
    /// All that the level has.
    pub const fn at(level: Level) -> Self {
        Allowed { level, off: 0 }
    }

    /// The same without what the switch stands for.
    pub fn without(&mut self, switch: Switch) {
        self.off |= switch.bit();
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The same at another level.
    pub fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    /// Whether the field may be collected.
    pub fn field(&self, field: Field) -> bool {
        let (level, switches) = field.rule();
        level <= self.level && switches & self.off == 0
    }

    /// Whether events of this type may be recorded.
    pub fn kind(&self, kind: &str) -> bool {
        let (level, switches) = Kind::rule(kind);
        level <= self.level && switches & self.off == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_at_level_0() {
        let off = Allowed::at(Level::Off);
        assert!(Field::ALL.iter().all(|&field| !off.field(field)));
        for kind in ["play", "pageView", "identify", "anything"] {
            assert!(!off.kind(kind), "{kind}");
        }
    }

    #[test]
    fn each_switch_removes_something_and_only_what_names_it() {
        for switch in Switch::ALL {
            let mut allowed = Allowed::at(Level::Playback);
            allowed.without(switch);
            let fields = Field::ALL.iter().filter(|&&field| !allowed.field(field));
            let named: Vec<_> = Field::ALL.iter().filter(|field| field.rule().1 & switch.bit() != 0).collect();
            assert_eq!(fields.collect::<Vec<_>>(), named);
            let kinds = Kind::ALL.iter().filter(|kind| !allowed.kind(kind.name)).count();
            assert!(!named.is_empty() || kinds > 0, "{} removes nothing", switch.name());
        }
    }

    #[test]
    fn a_higher_level_holds_what_a_lower_one_holds() {
        for levels in Level::ALL.windows(2) {
            let (low, high) = (Allowed::at(levels[0]), Allowed::at(levels[1]));
            assert!(Field::ALL.iter().all(|&field| !low.field(field) || high.field(field)));
            assert!(Kind::ALL.iter().all(|kind| !low.kind(kind.name) || high.kind(kind.name)));
        }
    }

    #[test]
    fn keys_are_kept_for_a_purpose_or_not_at_all() {
        assert_eq!(Key::kept_for(0), []);
        assert_eq!(Key::kept_for(purpose::FUNCTIONAL), [Key::CONSENT, Key::SETTINGS, Key::STATE, Key::PROBE]);
        assert_eq!(Key::kept_for(purpose::ALL), Key::ALL);
    }
}
