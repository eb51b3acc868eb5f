//! What of a site may be stored: its level, and the switches of the table in `waymark_wire::level` by the names that the
//! recorder's settings have. Neither level nor switch is defined here.

use serde::{Deserialize, Deserializer, de::Error};
use std::collections::BTreeMap;
use waymark_wire::Level;
use waymark_wire::level::{Allowed, Switch};

/// The switches that are off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<Name, bool>")]
pub struct Collect(Vec<Switch>);

/// These are off unless a site says otherwise, as in the recorder.
const OFF: [Switch; 2] = [Switch::Query, Switch::Hash];

impl Default for Collect {
    fn default() -> Self {
        Collect(OFF.to_vec())
    }
}

impl Collect {
    /// The same with `switch` on or off.
    #[must_use]
    pub fn with(mut self, switch: Switch, on: bool) -> Self {
        self.0.retain(|off| *off != switch);
        if !on {
            self.0.push(switch);
        }
        self
    }

    /// What may be stored at `level`.
    pub(super) fn at(&self, level: Level) -> Allowed {
        let mut allowed = Allowed::at(level);
        self.0.iter().for_each(|&switch| allowed.without(switch));
        allowed
    }
}

impl From<BTreeMap<Name, bool>> for Collect {
    fn from(said: BTreeMap<Name, bool>) -> Self {
        said.into_iter().fold(Collect::default(), |collect, (Name(at), on)| collect.with(Switch::ALL[at], on))
    }
}

/// A switch, by its place in the table.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name(usize);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let said = String::deserialize(reader)?;
        Switch::ALL.iter().position(|switch| key(*switch) == said).map(Name).ok_or_else(|| {
            let known = Switch::ALL.map(|switch| format!("`{}`", key(switch))).join(", ");
            D::Error::custom(format!("unknown field `{said}`, expected one of {known}"))
        })
    }
}

/// The setting's last word: `collect.url` is `url`, `identity.link` is `link`.
fn key(switch: Switch) -> &'static str {
    let name = switch.name();
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// A level by its number.
pub(super) fn level<'de, D: Deserializer<'de>>(reader: D) -> Result<Level, D::Error> {
    let number = i64::deserialize(reader)?;
    let known = Level::ALL.into_iter().find(|level| *level as i64 == number);
    known.ok_or_else(|| D::Error::custom(format!("level must be 0, 1, 2 or 3, and is {number}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_switch_has_a_key_of_its_own() {
        let keys: HashSet<_> = Switch::ALL.into_iter().map(key).collect();
        assert_eq!(keys.len(), Switch::ALL.len());
    }

    #[test]
    fn a_site_that_says_nothing_collects_all_but_query_and_hash() {
        let mut allowed = Allowed::at(Level::Engagement);
        OFF.into_iter().for_each(|switch| allowed.without(switch));
        assert_eq!(Collect::default().at(Level::default()), allowed);
        let all = Collect::default().with(Switch::Query, true).with(Switch::Hash, true);
        assert_eq!(all.at(Level::Playback), Allowed::at(Level::Playback));
    }
}
