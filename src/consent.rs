//! With whose leave: the level in force, and why. What the site set, what its page lowered, what the user agreed to, what
//! the browser signals, what the page's gate answers and whether manual mode was started each cap the level; the lowest
//! cap holds. In: settings, calls and signals. Out: the level, whether anything may be kept or sent, and for what.

use crate::config::Config;
use crate::host::{Host, Purge};
use crate::scope::Scope;
use waymark_wire::json;
use waymark_wire::level::{Allowed, Key, Level, Switch, purpose};
use waymark_wire::text::{next_part, parse_int};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What may be done with what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Mode {
    /// The modes' names, in order.
    pub const NAMES: [&str; 4] = ["off", "held", "anonymous", "on"];
}

/// What caps the level, in the order of [`Leave::caps`].
pub const CAPS: [&str; 8] = ["settings", "page", "consent", "gpc", "dnt", "gate", "manual", "sampling"];

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
    pub caps: [u8; 8],
}

impl Leave {
    /// For nothing.
    pub const NONE: Leave = Leave { allowed: Allowed::at(Level::Off), mode: Mode::Off, kept_for: 0, caps: [0; 8] };
}

impl Consent {
    /// Nobody has said anything.
    pub const fn new() -> Self {
        Consent { granted: None, at: 0, page: 3, started: false }
    }

    /// Takes what was kept of it; what another tab was told counts here too. A denial is kept nowhere: where there is
    /// nothing any more that was there before, it was withdrawn.
    pub fn load(&mut self, config: &Config, scope: &Scope, host: &mut impl Host) {
        let days = config.number("identity.days") as u32;
        let kept = host.load(&scope.name(Key::CONSENT), Key::CONSENT.place, days).unwrap_or_default();
        let mut at = kept.as_str();
        let granted = parse_int(next_part(&mut at, b'.')).map(|granted| granted as u8 & purpose::ALL);
        let at = parse_int(at).unwrap_or_default();
        let is_fresh = host.now() - at < i64::from(days) * DAY_MS;
        let had_some = self.granted.is_some_and(|granted| granted > 0);
        if let (Some(granted), true) = (granted, is_fresh) {
            (self.granted, self.at) = (Some(granted), at);
        } else if had_some {
            self.granted = Some(0);
        }
    }

    /// Keeps it, if there is anything that was agreed to: `<bits>.<when>`.
    pub fn keep(&self, config: &Config, scope: &Scope, host: &mut impl Host) {
        if let Some(granted @ 1..) = self.granted {
            let mut kept = String::new();
            json::push_int(&mut kept, granted.into());
            kept.push_str(".");
            json::push_int(&mut kept, self.at);
            host.save(&scope.name(Key::CONSENT), &kept, Key::CONSENT.place, config.number("identity.days") as u32);
        }
    }

    /// What follows from it now.
    pub fn leave(&self, config: &Config, scope: &Scope, host: &mut impl Host) -> Leave {
        let site = config.number("level") as u8;
        let before = config.text("consent");
        let gpc = signal(config.text("gpc"), "navigator.globalPrivacyControl", "true", host);
        let mut caps = [
            site,
            self.page,
            match self.granted {
                Some(granted) if granted & purpose::ANALYTICS == 0 => 0,
                Some(granted) if granted & purpose::PLAYBACK == 0 => 2,
                None if before != "implied" => 1,
                _ => 3,
            },
            gpc,
            signal(config.text("dnt"), "navigator.doNotTrack", "1", host),
            // The page's gate is asked only where its answer matters.
            if site > 1 && !config.text("gate").is_empty() && !answers_yes(config.text("gate"), host) { 1 } else { 3 },
            if config.is("manual") && !self.started { 1 } else { 3 },
            3,
        ];
        let least = |caps: &[u8]| caps.iter().copied().min().unwrap_or_default();
        // Without analytics, or of a user who is not sampled, nothing is recorded, and still their progress may be kept.
        let kept_for = match (self.granted, before) {
            _ if least(&[caps[0], caps[1], caps[3], caps[4]]) == 0 => 0,
            (Some(granted), _) => granted,
            (None, "implied") => purpose::ALL,
            _ => 0,
        };
        let percent = config.number("sampling");
        if percent < 100 {
            // What was drawn on an earlier page counts, where it may be kept.
            host.permit(&scope.site, &Key::kept_for(kept_for), Purge::Nothing);
            let [.., sampling] = &mut caps;
            *sampling = if draw(scope, host) < percent { 3 } else { 0 };
        }
        let level = Level::of(least(&caps));
        let mode = match (self.granted, before) {
            _ if level == Level::Off => Mode::Off,
            (None, "wait") => Mode::Held,
            (None, "anonymous") => Mode::Anonymous,
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

/// Which of a hundred browsers this one is. That is drawn once, so that more of them are those of before, and others.
fn draw(scope: &Scope, host: &mut impl Host) -> i64 {
    let name = scope.name(Key::SAMPLE);
    let kept = host.load(&name, Key::SAMPLE.place, 365);
    kept.as_deref().and_then(parse_int).unwrap_or_else(|| {
        let (_, random) = host.guid().as_u64_pair();
        let drawn = (random % 100) as i64;
        let mut text = String::new();
        json::push_int(&mut text, drawn);
        host.save(&name, &text, Key::SAMPLE.place, 365);
        drawn
    })
}

/// How much a signal of the browser leaves: all where it is not given or not heeded.
fn signal(setting: &str, path: &str, given: &str, host: &mut impl Host) -> u8 {
    if setting == "ignore" || host.provided("variable", path, "").as_deref() != Some(given) {
        3
    } else if setting == "deny" {
        0
    } else {
        1
    }
}

/// Whether the page's gate says that experience data may be collected; whatever is not `true` is a no.
fn answers_yes(gate: &str, host: &mut impl Host) -> bool {
    host.provided("function", gate, "").as_deref() == Some("true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};

    fn leave(settings: &str, granted: Option<u8>, host: &mut MemoryHost) -> Leave {
        let mut config = Config::new();
        config.read("site s k\ncollector s /c").unwrap();
        config.take_site(&format!("level n 1\n{settings}"));
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
            ("level n 3", None, (3, Mode::On, 7)),
            ("level n 0", Some(7), (0, Mode::Off, 0)),
            ("level n 3\nconsent s wait", None, (1, Mode::Held, 0)),
            ("level n 3\nconsent s anonymous", None, (1, Mode::Anonymous, 0)),
            ("level n 3\nconsent s wait", Some(7), (3, Mode::On, 7)),
            ("level n 3", Some(3), (2, Mode::On, 3)),
            ("level n 3", Some(2), (2, Mode::On, 2)),
            ("level n 3", Some(1), (0, Mode::Off, 1)),
            ("level n 3", Some(0), (0, Mode::Off, 0)),
        ] {
            assert_eq!(at(settings, granted), expected, "{settings} {granted:?}");
        }
    }

    #[test]
    fn signals_of_the_browser_are_heeded_as_the_site_says_and_gpc_always() {
        for (settings, gpc, dnt, level, links) in [
            ("", true, false, 1, false),
            ("gpc s deny", true, false, 0, false),
            ("gpc s ignore", true, false, 0, false),
            ("", false, true, 3, true),
            ("dnt s limit", false, true, 1, true),
            ("dnt s deny", false, true, 0, false),
            ("gpc s deny\ndnt s deny", false, false, 3, true),
        ] {
            let host = &mut MemoryHost::default();
            if gpc {
                host.variables.insert("navigator.globalPrivacyControl".to_owned(), "true".to_owned());
            }
            if dnt {
                host.variables.insert("navigator.doNotTrack".to_owned(), "1".to_owned());
            }
            let leave = leave(&format!("level n 3\n{settings}"), Some(7), host);
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
            assert_eq!(leave("level n 3\ngate s app.may", None, host).allowed.level() as u8, level, "{answer:?}");
        }
        assert_eq!(at("level n 3\ngate n 1", None).0, 1, "a refused gate is a closed one");
    }

    #[test]
    fn what_was_agreed_to_holds_so_many_days_and_what_was_edited_by_hand_does_not() {
        let host = &mut MemoryHost::default();
        let mut config = Config::new();
        config.read("site s k\ncollector s /c\nidentity.days n 10").unwrap();
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
        for edited in ["", "x", "7", ".", "x.1"] {
            host.stored.insert("wm-consent.demo".to_owned(), edited.to_owned());
            assert_eq!(loaded(host), None, "{edited}");
        }
    }

    #[test]
    fn manual_mode_waits() {
        assert_eq!(at("level n 3\nmanual b true", None).0, 1);
        assert_eq!(at("level n 1\nmanual b true", None).0, 1);
    }

    #[test]
    fn every_cap_has_a_name_and_the_lowest_holds() {
        let leave = leave("level n 2", Some(7), &mut MemoryHost::default());
        assert_eq!(leave.caps.len(), CAPS.len());
        assert_eq!(leave.allowed.level() as u8, *leave.caps.iter().min().unwrap());
    }
}
