//! What a page asks for when it starts the recorder.

use crate::level::Level;
use crate::queue::Limits;
use crate::setting::{Setting, Wrong};
use crate::text::next_part;
use waymark_wire::limits;

/// The settings of `waymark('init', settings)`. A key that is not listed here is refused.
#[derive(Clone, Debug)]
pub struct Config {
    /// `site`: the site's key. Required.
    pub site: String,
    /// `collector`: where the collector is, an address such as `https://collect.example.com`, or a path on the site's
    /// own origin. Required.
    pub collector: String,
    /// `user.cookie`: the name of the cookie that holds the end user's ID. Without a provider users get the anonymous
    /// one; where both are given the cookie is asked first.
    pub user_cookie: String,
    /// `user.variable`: the dotted path from `window` of the end user's ID, such as `app.user.id`.
    pub user_variable: String,
    /// `level`: how much is collected.
    pub level: Level,
    /// `env`: the site's environment, the event's `wm.env`. 0 is production.
    pub env: u32,
    /// `permId`: the A/B permutation, the event's `wm.permId`. -1 is none.
    pub perm_id: i32,
    /// `batch.events`, `batch.bytes`, `batch.ageMs`: when a batch leaves.
    pub batch: Limits,
}

impl Config {
    /// What holds where a site sets nothing else.
    pub const fn new() -> Self {
        Config {
            site: String::new(),
            collector: String::new(),
            user_cookie: String::new(),
            user_variable: String::new(),
            level: Level::Engagement,
            env: 0,
            perm_id: -1,
            batch: Limits::DEFAULT,
        }
    }

    /// Reads the settings, a line each (see [`crate::setting`]), over these.
    ///
    /// # Errors
    /// Which setting is wrong and why, in words for the site's developer.
    pub fn read(&mut self, settings: &str) -> Result<(), String> {
        let mut rest = settings;
        while !rest.is_empty() {
            let setting = Setting::read(next_part(&mut rest, b'\n'));
            self.set(setting).map_err(|why| wrong(setting.name, why))?;
        }
        if self.site.is_empty() {
            return Err(wrong("site", "must be the site's key"));
        }
        if !["https://", "http://", "/"].iter().any(|start| self.collector.starts_with(start)) {
            return Err(wrong("collector", "must be an address such as https://collect.example.com"));
        }
        Ok(())
    }

    fn set(&mut self, setting: Setting<'_>) -> Result<(), Wrong> {
        match setting.name {
            "site" => setting.text(&mut self.site)?,
            "collector" => setting.text(&mut self.collector)?,
            "user.cookie" => setting.text(&mut self.user_cookie)?,
            "user.variable" => setting.text(&mut self.user_variable)?,
            "level" => self.level = Level::read(setting)?,
            "env" => self.env = setting.integer(0, 1_000)? as u32,
            "permId" => self.perm_id = setting.integer(-1, i32::MAX)?,
            "batch.events" => self.batch.events = setting.integer(1, 1_000)? as u32,
            "batch.bytes" => self.batch.bytes = setting.integer(1, limits::BATCH_BYTES as i32)? as u32,
            "batch.ageMs" => self.batch.age_ms = setting.integer(0, 3_600_000)? as u32,
            _ => return Err("is no setting"),
        }
        Ok(())
    }
}

fn wrong(name: &str, why: &str) -> String {
    let mut text = name.to_owned();
    text.push_str(" ");
    text.push_str(why);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &str) -> Result<Config, String> {
        let mut config = Config::new();
        config.read(settings).map(|()| config)
    }

    #[test]
    fn a_site_and_a_collector_are_enough() {
        let config = read("site s k\ncollector s https://c.example").unwrap();
        assert_eq!(config.level, Level::Engagement);
        assert_eq!((config.env, config.perm_id), (0, -1));
        assert_eq!((config.batch.events, config.batch.bytes, config.batch.age_ms), (50, 30_000, 5_000));
    }

    #[test]
    fn every_setting_is_read() {
        let config = read(
            "site s k k\ncollector s /c\nuser.cookie s a\nuser.variable s b.c\nlevel n 0\nenv n 2\npermId n 7\n\
             batch.events n 1\nbatch.bytes n 2000\nbatch.ageMs n 300",
        );
        let config = config.unwrap();
        assert_eq!((config.site.as_str(), config.collector.as_str()), ("k k", "/c"));
        assert_eq!((config.user_cookie.as_str(), config.user_variable.as_str()), ("a", "b.c"));
        assert_eq!((config.level, config.env, config.perm_id), (Level::Off, 2, 7));
        assert_eq!((config.batch.events, config.batch.bytes, config.batch.age_ms), (1, 2_000, 300));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (setting, why) in [
            ("levle n 1", "levle is no setting"),
            ("level n 7", "level must be 0 (off) or 1 (engagement)"),
            ("level s 1", "level must be 0 (off) or 1 (engagement)"),
            ("user s me", "user is no setting"),
            ("user.cookie n 3", "user.cookie must be a text"),
            ("user.cookie s ", "user.cookie must be a text"),
            ("env n -1", "env is out of range"),
            ("env n 1.5", "env must be a whole number"),
            ("batch.events n 0", "batch.events is out of range"),
            ("site object ", "site must be a text"),
            ("collector s c.example", "collector must be an address such as https://collect.example.com"),
        ] {
            assert_eq!(read(&format!("site s k\ncollector s /c\n{setting}")).unwrap_err(), why);
        }
        assert_eq!(read("").unwrap_err(), "site must be the site's key");
    }
}
