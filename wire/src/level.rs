//! The level table: every field, every event type and every storage key, with the level from which it is collected, the
//! switches that remove it, and its meaning. The recorder's identity, context, storage and gate use the table, the
//! collector strips events by it, and `docs/data-dictionary.md` is generated from it.
//!
//! A field that the table does not name cannot be sent: [`crate::Context`] has no other fields, and
//! [`crate::Context::only`] removes the fields that [`Allowed`] does not allow.

mod experience;
mod name;
pub mod purpose;
mod table;
mod tracking_level;

pub use experience::DataField;
pub use name::{Name, swap_dots};
pub use table::{Field, Key, Kind, Part, StorageArea, Switch};
pub use tracking_level::Level;

use crate::Context;

/// The fields and events that may be collected at a level, with some switches off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    level: Level,
    /// The switches that are off, as bits.
    off: u32,
}

impl Allowed {
    /// Everything that the level allows.
    pub const fn at(level: Level) -> Self {
        Allowed { level, off: 0 }
    }

    /// Turns a switch off.
    pub fn without(&mut self, switch: Switch) {
        self.off |= switch.bit();
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Sets the level.
    pub fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    /// Whether a switch is on.
    pub fn switch(&self, switch: Switch) -> bool {
        self.off & switch.bit() == 0
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

impl Context {
    /// Removes the fields that `allowed` does not allow. No other code decides which fields are written.
    #[must_use]
    pub fn only(mut self, allowed: &Allowed) -> Self {
        if allowed.level() == Level::Off {
            return Context::default();
        }
        for &field in Field::ALL {
            if !allowed.field(field) {
                field.remove(&mut self);
            }
        }
        self
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
    fn each_switch_removes_exactly_the_fields_and_events_that_name_it() {
        for switch in Switch::ALL {
            let mut allowed = Allowed::at(Level::Playback);
            allowed.without(switch);
            let fields = Field::ALL.iter().filter(|&&field| !allowed.field(field));
            let named: Vec<_> = Field::ALL.iter().filter(|field| field.rule().1 & switch.bit() != 0).collect();
            assert_eq!(fields.collect::<Vec<_>>(), named);
            let kinds = Kind::ALL.iter().filter(|kind| !allowed.kind(kind.name)).count();
            let data = DataField::ALL.iter().filter(|field| field.is_text && switch == Switch::Text).count();
            assert!(!named.is_empty() || kinds + data > 0, "{} removes nothing", switch.name());
        }
    }

    #[test]
    fn a_higher_level_includes_the_lower_ones() {
        for levels in Level::ALL.windows(2) {
            let (low, high) = (Allowed::at(levels[0]), Allowed::at(levels[1]));
            assert!(Field::ALL.iter().all(|&field| !low.field(field) || high.field(field)));
            assert!(Kind::ALL.iter().all(|kind| !low.kind(kind.name) || high.kind(kind.name)));
        }
    }

    #[test]
    fn keys_are_stored_only_for_a_purpose() {
        assert_eq!(Key::allowed_for(0), []);
        assert_eq!(Key::allowed_for(purpose::FUNCTIONAL), [Key::CONSENT, Key::SETTINGS, Key::STATE, Key::PROBE]);
        assert_eq!(Key::allowed_for(purpose::ALL), Key::ALL);
    }
}
