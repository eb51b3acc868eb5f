//! The tracking levels.

/// The tracking level. Each level includes the levels below it.
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
    /// All levels, lowest first.
    pub const ALL: [Level; 4] = [Level::Off, Level::Engagement, Level::Experience, Level::Playback];

    /// The level with this number; the lowest level if there is none.
    pub fn of(number: u8) -> Level {
        match number {
            1 => Level::Engagement,
            2 => Level::Experience,
            3 => Level::Playback,
            _ => Level::Off,
        }
    }

    /// The level's name, and what it adds to the level below. For documentation and the command line; not part of the
    /// recorder.
    pub fn describe(self) -> (&'static str, &'static str) {
        match self {
            Level::Off => ("off", "nothing is collected, kept or sent"),
            Level::Engagement => {
                ("engagement", "guidance content, page views, and the browser and page they happened in")
            }
            Level::Experience => (
                "experience",
                "clicks, changes of fields, form submits, rage clicks and dead clicks; never what a field holds",
            ),
            Level::Playback => ("playback", "a record of the page that can be played back; this version makes none"),
        }
    }
}
