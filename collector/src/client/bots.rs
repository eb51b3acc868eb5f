//! Tells by the User-Agent whether a request comes from a crawler, a monitor or a headless browser. `bots.txt` is the
//! list; it is kept as data, so that updating it changes no code.

use std::sync::LazyLock;

static LIST: LazyLock<List> = LazyLock::new(|| List::read(include_str!("bots.txt")));

/// Most bytes of a User-Agent that are looked at.
const LONGEST: usize = 1_000;

/// Whether the User-Agent is that of a bot.
pub(crate) fn is_bot(user_agent: &str) -> bool {
    let end = user_agent.floor_char_boundary(LONGEST);
    LIST.names(&user_agent[..end].to_lowercase())
}

/// The patterns of the list.
#[derive(Debug, Default)]
struct List {
    /// Parts that are no sign, with any content.
    ignored: Vec<&'static str>,
    beginnings: Vec<&'static str>,
    /// Parts at which a word ends.
    ends: Vec<&'static str>,
    parts: Vec<&'static str>,
}

impl List {
    fn read(text: &'static str) -> Self {
        let mut list = List::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(ignored) = line.strip_prefix('!') {
                list.ignored.push(ignored);
            } else if let Some(beginning) = line.strip_prefix('^') {
                list.beginnings.push(beginning);
            } else if let Some(end) = line.strip_suffix('|') {
                list.ends.push(end);
            } else {
                list.parts.push(line);
            }
        }
        list
    }

    /// Whether a pattern is in a User-Agent in lower case.
    fn names(&self, user_agent: &str) -> bool {
        let mut text = user_agent.to_owned();
        for ignored in self.ignored.iter().filter(|ignored| user_agent.contains(**ignored)) {
            text = text.replace(ignored, " ");
        }
        let is_in_word = |char: char| char.is_alphanumeric() || char == '_';
        let ends_word = |end: &&str| text.split(*end).skip(1).any(|rest| !rest.starts_with(is_in_word));
        self.parts.iter().any(|part| text.contains(part))
            || self.beginnings.iter().any(|beginning| text.starts_with(beginning))
            || self.ends.iter().any(ends_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The user agents of people's browsers, by which the recorder is tested: the last column.
    const BROWSERS: &str = include_str!("../../../src/context/user_agent/fixtures/user-agents.tsv");
    const CRAWLERS: &str = include_str!("../../tests/collector/client/crawlers.txt");

    #[test]
    fn no_browser_of_people_is_a_bot() {
        let browsers: Vec<&str> = BROWSERS.lines().skip(1).filter_map(|line| line.split('\t').next_back()).collect();
        let wrong: Vec<_> = browsers.iter().filter(|browser| is_bot(browser)).collect();
        assert!(browsers.len() >= 300 && wrong.is_empty(), "{wrong:#?}");
        assert!(!is_bot(""));
    }

    #[test]
    fn crawlers_monitors_and_headless_browsers_are_bots() {
        let crawlers: Vec<&str> = CRAWLERS.lines().filter(|line| !line.starts_with('#')).collect();
        let missed: Vec<_> = crawlers.iter().filter(|crawler| !is_bot(crawler)).collect();
        assert!(crawlers.len() >= 100 && missed.is_empty(), "{missed:#?}");
        assert!(is_bot("curl/8.5.0") && is_bot("python-requests/2.32"));
    }

    #[test]
    fn a_pattern_is_found_where_it_says() {
        let list = List::read("# a list\n!cubot\n^curl/\nbot|\nheadless");
        for (user_agent, is_named) in [
            ("curl/8", true),
            ("not curl/8", false),
            ("a bot", true),
            ("abot/1", true),
            ("botany", false),
            ("botany of a bot", true),
            ("a cubot phone", false),
            ("a cubot, and a bot", true),
            ("headlesschrome", true),
            ("a list", false),
        ] {
            assert_eq!(list.names(user_agent), is_named, "{user_agent}");
        }
    }

    #[test]
    fn a_long_user_agent_is_cut_between_characters() {
        assert!(!is_bot(&"é".repeat(100_000)));
    }
}
