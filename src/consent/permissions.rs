//! Permissions: the level in force, its caps, and the purposes for which data may be stored. The level is capped by the
//! site's settings, the page's wish, the consent, the browser's signals, the page's gate, manual mode and sampling. The
//! lowest cap holds. In: settings, consent, signals. Out: the level, whether events may be sent, what may be stored.

use super::{Consent, sampling};
use crate::facts::Signals;
use crate::host::{Host, Purge};
use crate::settings::ActiveSettings;
use serde::Serialize;
use waymark_wire::level::{Allowed, Key, Level, Switch, purpose};
use waymark_wire::settings::{ConsentMode, DntMode, Gate, GpcMode, Percent};

/// How recorded events may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing is recorded.
    #[default]
    Off,
    /// Events wait in memory until the user has answered the question of consent. Nothing is stored or sent.
    Held,
    /// Events are sent. Nothing is stored beyond the page.
    Anonymous,
    /// Events are sent. Events, IDs and session are stored.
    On,
}

/// The highest level that each cap allows, as its number. The lowest cap is the level in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    fn level(&self) -> Level {
        let Caps { settings, page, consent, gpc, dnt, gate, manual, sampling } = *self;
        let caps = [settings, page, consent, gpc, dnt, gate, manual, sampling];
        Level::of(caps.into_iter().min().unwrap_or_default())
    }
}

/// The page's wishes, made by its calls.
#[derive(Clone, Copy, Debug)]
pub struct PageWishes {
    /// The highest level that the page wants.
    pub level: u8,
    /// Whether the page has started levels 2 and 3, which manual mode requires.
    pub is_started: bool,
}

impl Default for PageWishes {
    fn default() -> Self {
        PageWishes { level: Level::Playback as u8, is_started: false }
    }
}

/// The permissions to record, send and store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// The fields and events that may be recorded.
    pub allowed: Allowed,
    /// How recorded events may be used.
    pub mode: Mode,
    /// The purposes for which data may be stored, as bits.
    pub storage_purposes: u8,
    /// The caps of the level.
    pub caps: Caps,
}

impl Default for Permissions {
    /// Nothing is permitted.
    fn default() -> Self {
        Permissions { allowed: Allowed::at(Level::Off), mode: Mode::Off, storage_purposes: 0, caps: Caps::default() }
    }
}

impl Permissions {
    /// Whether nothing may be recorded.
    pub fn is_off(&self) -> bool {
        self.mode == Mode::Off
    }

    /// Whether everything that the level allows may be recorded, sent and stored.
    pub fn is_on(&self) -> bool {
        self.mode == Mode::On
    }

    /// Whether events may be stored beyond the page.
    pub fn may_keep_analytics(&self) -> bool {
        self.storage_purposes & purpose::ANALYTICS != 0
    }

    /// Whether the user's state may be sent to the collector.
    pub fn may_sync_state(&self) -> bool {
        self.is_on() && self.storage_purposes & purpose::FUNCTIONAL != 0
    }

    /// Computes the current permissions. Asks the page's gate if its answer matters, and draws the browser's sample
    /// number if the site samples.
    pub fn current(
        settings: &ActiveSettings,
        consent: &Consent,
        wishes: PageWishes,
        host: &mut impl Host,
    ) -> Permissions {
        let signals = host.signals();
        let is_gate_open = is_gate_open(settings, host);
        let mut caps = caps(settings, consent, wishes, signals, is_gate_open);
        // A browser outside the sample, or without consent to analytics, records nothing. It may still store the user's
        // state.
        let storage_purposes = storage_purposes(settings, consent, &caps);
        let Percent(percent) = settings.sampling();
        if percent < 100 {
            // The number drawn by an earlier page is used if it may be stored.
            host.set_allowed_keys(&settings.scope().site, &Key::allowed_for(storage_purposes), Purge::Nothing);
            caps.sampling = if sampling::draw(settings.scope(), host) < percent { 3 } else { 0 };
        }
        let level = caps.level();
        let mut allowed = settings.allowed();
        allowed.set_level(level);
        if caps.gpc < 3 {
            allowed.without(Switch::Link);
        }
        Permissions { allowed, mode: mode(settings, consent, level), storage_purposes, caps }
    }
}

fn caps(
    settings: &ActiveSettings,
    consent: &Consent,
    wishes: PageWishes,
    Signals { gpc, dnt }: Signals,
    is_gate_open: bool,
) -> Caps {
    let in_force = settings.in_force();
    Caps {
        settings: settings.allowed().level() as u8,
        page: wishes.level,
        consent: match consent.granted() {
            Some(granted) if granted & purpose::ANALYTICS == 0 => 0,
            Some(granted) if granted & purpose::PLAYBACK == 0 => 2,
            None if in_force.consent.unwrap_or_default() != ConsentMode::Implied => 1,
            _ => 3,
        },
        gpc: match in_force.gpc.unwrap_or_default() {
            _ if !gpc => 3,
            GpcMode::Limit => 1,
            GpcMode::Deny => 0,
        },
        dnt: match in_force.dnt.unwrap_or_default() {
            DntMode::Limit if dnt => 1,
            DntMode::Deny if dnt => 0,
            _ => 3,
        },
        gate: if is_gate_open { 3 } else { 1 },
        manual: if in_force.manual.unwrap_or_default().0 && !wishes.is_started { 1 } else { 3 },
        sampling: 3,
    }
}

fn storage_purposes(settings: &ActiveSettings, consent: &Consent, caps: &Caps) -> u8 {
    match (consent.granted(), settings.in_force().consent.unwrap_or_default()) {
        _ if [caps.settings, caps.page, caps.gpc, caps.dnt].contains(&0) => 0,
        (Some(granted), _) => granted,
        (None, ConsentMode::Implied) => purpose::ALL,
        _ => 0,
    }
}

fn mode(settings: &ActiveSettings, consent: &Consent, level: Level) -> Mode {
    match (consent.granted(), settings.in_force().consent.unwrap_or_default()) {
        _ if level == Level::Off => Mode::Off,
        (None, ConsentMode::Wait) => Mode::Held,
        (None, ConsentMode::Anonymous) => Mode::Anonymous,
        _ => Mode::On,
    }
}

/// Whether the page's gate allows experience data: there is no gate, or the gate answers `true`. The gate is asked only
/// if the settings allow more than level 1.
fn is_gate_open(settings: &ActiveSettings, host: &mut impl Host) -> bool {
    match &settings.in_force().gate {
        Some(_) if settings.allowed().level() <= Level::Engagement => true,
        Some(Gate::Ask(callable)) => host.ask_gate(callable),
        Some(Gate::Closed) => false,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    fn permissions(settings: &str, granted: Option<u8>, host: &mut MemoryHost) -> Permissions {
        let mut consent = Consent::default();
        if let Some(granted) = granted {
            consent.answer(granted, 0);
        }
        let settings = ActiveSettings::of(settings);
        Permissions::current(&settings, &consent, PageWishes::default(), host)
    }

    fn at(settings: &str, granted: Option<u8>) -> (u8, Mode, u8) {
        let permissions = permissions(settings, granted, &mut MemoryHost::default());
        (permissions.allowed.level() as u8, permissions.mode, permissions.storage_purposes)
    }

    #[test]
    fn level_and_mode_follow_the_consent() {
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
    fn browser_signals_apply_as_configured_and_gpc_always() {
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
            let permissions = permissions(&format!("level = 3\n{settings}"), Some(7), host);
            assert_eq!(permissions.allowed.level() as u8, level, "{settings}");
            assert_eq!(permissions.allowed.kind("identify"), links, "{settings}");
        }
    }

    #[test]
    fn a_gate_opens_only_for_the_answer_true() {
        for (answer, level) in [(None, 1), (Some("true"), 3), (Some("false"), 1), (Some("1"), 1), (Some("yes"), 1)] {
            let host = &mut MemoryHost::default();
            if let Some(answer) = answer {
                host.functions.insert("app.may".to_owned(), answer.to_owned());
            }
            assert_eq!(
                permissions("level = 3\ngate = 'app.may'", None, host).allowed.level() as u8,
                level,
                "{answer:?}"
            );
        }
        assert_eq!(at("level = 3\ngate = 1", None).0, 1, "a refused gate is a closed one");
    }

    #[test]
    fn manual_mode_waits_for_the_start() {
        assert_eq!(at("level = 3\nmanual = true", None).0, 1);
        assert_eq!(at("level = 1\nmanual = true", None).0, 1);
    }

    #[test]
    fn every_cap_is_named_and_the_lowest_holds() {
        let permissions = permissions("level = 2", Some(7), &mut MemoryHost::default());
        assert_eq!(serde_json::to_value(permissions.caps).unwrap().as_object().unwrap().len(), 8);
        assert_eq!(permissions.allowed.level(), permissions.caps.level());
    }
}
