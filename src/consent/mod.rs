//! With whose leave: the level in force, and why. What the site set, what its page lowered, what the user agreed to, what
//! the browser signals, what the page's gate answers and whether manual mode was started each cap the level; the lowest
//! cap holds. In: settings, calls and signals. Out: the level, whether anything may be kept or sent, and for what.

use crate::facts::Signals;
use crate::host::{Host, Purge};
use crate::scope::Scope;
use crate::settings::Config;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use waymark_wire::level::{Allowed, Key, Level, Switch, purpose};
use waymark_wire::settings::{ConsentMode, DntMode, Gate, GpcMode, Percent};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What may be done with what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing is recorded.
    Off,
    /// It is held in memory until the user has answered: nothing is kept or sent.
    Held,
    /// It is sent, and nothing is kept beyond the page.
    Anonymous,
    /// It is sent, and what belongs to it is kept.
    On,
}

/// The most that each side allows, as the number of a level. The lowest is the level in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Caps {
    /// The site's settings.
    pub settings: u8,
    /// The page, by `waymark('level', ...)`.
    pub page: u8,
    /// The user's consent.
    pub consent: u8,
    /// Global Privacy Control.
    pub gpc: u8,
    /// Do Not Track.
    pub dnt: u8,
    /// The page's gate.
    pub gate: u8,
    /// Manual mode.
    pub manual: u8,
    /// Sampling.
    pub sampling: u8,
}

impl Caps {
    const NONE: Caps = Caps { settings: 0, page: 0, consent: 0, gpc: 0, dnt: 0, gate: 0, manual: 0, sampling: 0 };

    fn level(&self) -> Level {
        let Caps { settings, page, consent, gpc, dnt, gate, manual, sampling } = *self;
        let caps = [settings, page, consent, gpc, dnt, gate, manual, sampling];
        Level::of(caps.into_iter().min().unwrap_or_default())
    }
}

/// What has been said about consent, and by whom.
#[derive(Debug)]
pub struct Consent {
    /// What the user agreed to, as bits; nothing while the user has not been asked.
    pub granted: Option<u8>,
    /// When that was, epoch ms.
    pub at: i64,
    /// The most that the page wants.
    pub page: u8,
    /// In manual mode: whether levels 2 and 3 were started.
    pub started: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredConsent {
    v: V1,
    /// As [`Consent::granted`].
    purposes: u8,
    /// As [`Consent::at`].
    at: i64,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// What may be recorded.
    pub allowed: Allowed,
    /// What may be done with it.
    pub mode: Mode,
    /// For which purposes something may be kept, as bits.
    pub kept_for: u8,
    /// The most that each of [`CAPS`] allows.
    pub caps: Caps,
}

impl Leave {
    /// For nothing.
    pub const NONE: Leave = Leave { allowed: Allowed::at(Level::Off), mode: Mode::Off, kept_for: 0, caps: Caps::NONE };
}

impl Consent {
    /// Nobody has said anything.
    pub const fn new() -> Self {
        Consent { granted: None, at: 0, page: 3, started: false }
    }

    /// Takes what was kept of it; what another tab was told counts here too. A denial is kept nowhere: where there is
    /// nothing any more that was there before, it was withdrawn.
    pub fn load(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) {
        let days = config.days();
        let found: Option<StoredConsent> = stored::load(&scope.name(Key::CONSENT), Key::CONSENT.place, days, host);
        let fresh = found.filter(|found| host.now() - found.at < i64::from(days) * DAY_MS);
        if let Some(StoredConsent { purposes, at, .. }) = fresh {
            (self.granted, self.at) = (Some(purposes & purpose::ALL), at);
        } else if self.granted.is_some_and(|granted| granted > 0) {
            self.granted = Some(0);
        }
    }

    /// Keeps it, if there is anything that was agreed to.
    pub fn keep(&self, config: &Config, scope: &Scope, host: &mut impl Host) {
        if let Some(purposes @ 1..) = self.granted {
            let kept = StoredConsent { v: V1, purposes, at: self.at };
            stored::save(&scope.name(Key::CONSENT), &kept, Key::CONSENT.place, config.days(), host);
        }
    }

    /// What follows from it now.
    pub fn leave(&self, config: &Config, scope: &Scope, host: &mut impl Host) -> Leave {
        let settings = config.settings();
        let site = config.allowed().level() as u8;
        let before = settings.consent.unwrap_or_default();
        let Signals { gpc, dnt } = host.signals();
        let gpc = match settings.gpc.unwrap_or_default() {
            _ if !gpc => 3,
            GpcMode::Limit => 1,
            GpcMode::Deny => 0,
        };
        let mut caps = Caps {
            settings: site,
            page: self.page,
            consent: match self.granted {
                Some(granted) if granted & purpose::ANALYTICS == 0 => 0,
                Some(granted) if granted & purpose::PLAYBACK == 0 => 2,
                None if before != ConsentMode::Implied => 1,
                _ => 3,
            },
            gpc,
            dnt: match settings.dnt.unwrap_or_default() {
                DntMode::Limit if dnt => 1,
                DntMode::Deny if dnt => 0,
                _ => 3,
            },
            // The page's gate is asked only where its answer matters.
            gate: match &settings.gate {
                Some(gate) if site > 1 && !answers_yes(gate, host) => 1,
                _ => 3,
            },
            manual: if settings.manual.unwrap_or_default().0 && !self.started { 1 } else { 3 },
            sampling: 3,
        };
        // Without analytics, or of a user who is not sampled, nothing is recorded, and still their progress may be kept.
        let kept_for = match (self.granted, before) {
            _ if [caps.settings, caps.page, caps.gpc, caps.dnt].contains(&0) => 0,
            (Some(granted), _) => granted,
            (None, ConsentMode::Implied) => purpose::ALL,
            _ => 0,
        };
        let Percent(percent) = config.sampling();
        if percent < 100 {
            // What was drawn on an earlier page counts, where it may be kept.
            host.permit(&scope.site, &Key::kept_for(kept_for), Purge::Nothing);
            caps.sampling = if draw(scope, host) < percent { 3 } else { 0 };
        }
        let level = caps.level();
        let mode = match (self.granted, before) {
            _ if level == Level::Off => Mode::Off,
            (None, ConsentMode::Wait) => Mode::Held,
            (None, ConsentMode::Anonymous) => Mode::Anonymous,
            _ => Mode::On,
        };
        let mut allowed = config.allowed();
        allowed.set_level(level);
        if gpc < 3 {
            allowed.without(Switch::Link);
        }
        Leave { allowed, mode, kept_for, caps }
    }
}

/// Which of a hundred browsers this one is, from 0. It is drawn once, so that a higher percentage adds browsers and removes
/// none.
fn draw(scope: &Scope, host: &mut impl Host) -> u8 {
    let name = scope.name(Key::SAMPLE);
    stored::load(&name, Key::SAMPLE.place, 365, host).unwrap_or_else(|| {
        let (_, random) = host.guid().as_u64_pair();
        let drawn = (random % 100) as u8;
        stored::save(&name, &drawn, Key::SAMPLE.place, 365, host);
        drawn
    })
}

/// Whether the page's gate says that experience data may be collected; any other answer than `true` is a no.
fn answers_yes(gate: &Gate, host: &mut impl Host) -> bool {
    match gate {
        Gate::Ask(callable) => host.ask_gate(callable),
        Gate::Closed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};

    fn leave(settings: &str, granted: Option<u8>, host: &mut MemoryHost) -> Leave {
        let config = Config::of(settings);
        Consent { granted, ..Consent::new() }.leave(&config, &scope(), host)
    }

    fn at(settings: &str, granted: Option<u8>) -> (u8, Mode, u8) {
        let leave = leave(settings, granted, &mut MemoryHost::default());
        (leave.allowed.level() as u8, leave.mode, leave.kept_for)
    }

    #[test]
    fn what_the_user_said_and_what_holds_before() {
        for (settings, granted, expected) in [
            ("", None, (1, Mode::On, 7)),
            ("level = 3", None, (3, Mode::On, 7)),
            ("level = 0", Some(7), (0, Mode::Off, 0)),
            ("level = 3\nconsent = 'wait'", None, (1, Mode::Held, 0)),
            ("level = 3\nconsent = 'anonymous'", None, (1, Mode::Anonymous, 0)),
            ("level = 3\nconsent = 'wait'", Some(7), (3, Mode::On, 7)),
            ("level = 3", Some(3), (2, Mode::On, 3)),
            ("level = 3", Some(2), (2, Mode::On, 2)),
            ("level = 3", Some(1), (0, Mode::Off, 1)),
            ("level = 3", Some(0), (0, Mode::Off, 0)),
        ] {
            assert_eq!(at(settings, granted), expected, "{settings} {granted:?}");
        }
    }

    #[test]
    fn signals_of_the_browser_are_heeded_as_the_site_says_and_gpc_always() {
        for (settings, gpc, dnt, level, links) in [
            ("", true, false, 1, false),
            ("gpc = 'deny'", true, false, 0, false),
            ("gpc = 'ignore'", true, false, 0, false),
            ("", false, true, 3, true),
            ("dnt = 'limit'", false, true, 1, true),
            ("dnt = 'deny'", false, true, 0, false),
            ("gpc = 'deny'\ndnt = 'deny'", false, false, 3, true),
        ] {
            let host = &mut MemoryHost::default();
            host.signals = Signals { gpc, dnt };
            let leave = leave(&format!("level = 3\n{settings}"), Some(7), host);
            assert_eq!(leave.allowed.level() as u8, level, "{settings}");
            assert_eq!(leave.allowed.kind("identify"), links, "{settings}");
        }
    }

    #[test]
    fn only_a_gate_that_says_true_opens() {
        for (answer, level) in [(None, 1), (Some("true"), 3), (Some("false"), 1), (Some("1"), 1), (Some("yes"), 1)] {
            let host = &mut MemoryHost::default();
            if let Some(answer) = answer {
                host.functions.insert("app.may".to_owned(), answer.to_owned());
            }
            assert_eq!(leave("level = 3\ngate = 'app.may'", None, host).allowed.level() as u8, level, "{answer:?}");
        }
        assert_eq!(at("level = 3\ngate = 1", None).0, 1, "a refused gate is a closed one");
    }

    #[test]
    fn what_was_agreed_to_holds_so_many_days_and_what_was_edited_by_hand_does_not() {
        let host = &mut MemoryHost::default();
        let config = Config::of("identity.days = 10");
        Consent { granted: Some(3), at: 5, ..Consent::new() }.keep(&config, &scope(), host);
        let loaded = |host: &mut MemoryHost| {
            let mut consent = Consent::new();
            consent.load(&config, &scope(), host);
            consent.granted
        };
        host.now = 10 * DAY_MS + 4;
        assert_eq!(loaded(host), Some(3));
        host.now += 1;
        assert_eq!(loaded(host), None, "asked again");
        for edited in
            ["", "x", "7", "{}", r#"{"v":2,"purposes":7,"at":900000000}"#, r#"{"v":1,"purposes":"7","at":900000000}"#]
        {
            host.stored.insert("wm-consent.demo".to_owned(), edited.to_owned());
            assert_eq!(loaded(host), None, "{edited}");
        }
    }

    #[test]
    fn manual_mode_waits() {
        assert_eq!(at("level = 3\nmanual = true", None).0, 1);
        assert_eq!(at("level = 1\nmanual = true", None).0, 1);
    }

    #[test]
    fn every_cap_has_a_name_and_the_lowest_holds() {
        let leave = leave("level = 2", Some(7), &mut MemoryHost::default());
        assert_eq!(serde_json::to_value(leave.caps).unwrap().as_object().unwrap().len(), 8);
        assert_eq!(leave.allowed.level(), leave.caps.level());
    }
}
