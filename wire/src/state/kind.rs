//! The kinds of entries, and which entries can exist.

/// The maximum size of a value's JSON, in bytes. A cookie must be able to hold the escaped value.
pub const VALUE_BYTES: usize = 1_000;

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user's step in a walk-thru.
    Walkthru,
    /// Whether an auto-play rule has been evaluated.
    Autoplay,
    /// Whether a goal has been reached.
    Goal,
    /// The status of an onboarding task: 0 to do, 1 begun, 2 done.
    Task,
    /// The progress in a course, in percent.
    Course,
    /// A named value of the site.
    Data,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [Kind::Walkthru, Kind::Autoplay, Kind::Goal, Kind::Task, Kind::Course, Kind::Data];

    /// The kind's name in calls, storage and requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Walkthru => "walkthru",
            Kind::Autoplay => "autoplay",
            Kind::Goal => "goal",
            Kind::Task => "task",
            Kind::Course => "course",
            Kind::Data => "data",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The `data.type` of the event that records a change.
    fn code(self) -> &'static str {
        if self == Kind::Walkthru { "wt" } else { self.as_str() }
    }

    /// The value that means completed, which is also the maximum; `None` if there is no maximum.
    fn end(self) -> Option<i64> {
        match self {
            Kind::Task => Some(2),
            Kind::Course => Some(100),
            _ => None,
        }
    }

    /// The type of the event that records a change to `number`.
    fn verb(self, number: i64) -> &'static str {
        match self {
            _ if self.end() == Some(number) => "complete",
            Kind::Walkthru => "step",
            Kind::Autoplay => "autoplay",
            Kind::Goal => "goal",
            Kind::Task => "play",
            Kind::Course => "progress",
            Kind::Data => "save",
        }
    }
}

/// The event that records a change.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The event's `data.type`.
    pub code: &'static str,
    /// The event's type.
    pub verb: &'static str,
    /// The value as a number; `None` for kind `data`.
    pub number: Option<i64>,
}

/// Checks that an entry can exist. Returns the event that records setting it.
///
/// # Errors
/// The kind, the name or the value is invalid, as a sentence.
pub fn check(kind: &str, name: &str, value: &str) -> Result<Recorded, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
        return Err("the name must be 1 to 64 of A-Z a-z 0-9 _ . -");
    }
    let kind = Kind::named(kind).ok_or("kind must be walkthru, autoplay, goal, task, course or data")?;
    let code = kind.code();
    if kind == Kind::Data {
        if value.is_empty() || value.len() > VALUE_BYTES {
            return Err("the value must be JSON of at most 1,000 bytes");
        }
        return Ok(Recorded { code, verb: kind.verb(0), number: None });
    }
    let (Some(number), Some(_)) = (whole_number(value), whole_number(name)) else {
        return Err("the name must be the object's number, and the value a whole number");
    };
    if number < 0 || kind.end().is_some_and(|end| number > end) {
        return Err("the value is out of range");
    }
    Ok(Recorded { code, verb: kind.verb(number), number: Some(number) })
}

/// Parses a whole number in JSON's form: without a leading zero or a plus.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // 18 digits fit into an `i64`, and no object number has more.
    let is_json = digits == "0" || !digits.starts_with(['0', '+']);
    if is_json && digits.len() <= 18 { text.parse().ok() } else { None }
}
