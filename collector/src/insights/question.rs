//! What can be asked.

use super::calendar::{Bucket, Zone};
use crate::store::{PropertyFilter, Selection, TextFilter};
use std::time::Duration;

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// The events that it is about.
    pub selection: Selection,
    /// The time zone of days.
    pub zone: Zone,
    /// The time of asking, epoch ms.
    pub now: i64,
    /// Steps of trends.
    pub bucket: Bucket,
    /// Rows of a long table.
    pub limit: usize,
    /// What is asked.
    pub view: View,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The main numbers with trends, and what is most used.
    Overview,
    /// Each guidance content.
    Contents,
    /// The steps of one content.
    Steps {
        /// The content's number.
        content: String,
    },
    /// How many reach each of several events.
    Funnel(Funnel),
    /// How many users reach each of several goals, with and without having seen a content.
    Goals(Goals),
    /// Number and lengths of sessions.
    Sessions,
    /// The events of one session.
    Session {
        /// The session's GUID.
        id: String,
    },
    /// Each user.
    Users,
    /// In which weeks users come back.
    Retention,
    /// Each page.
    Pages,
    /// What was seen before and after one page.
    Flow {
        /// The page's path.
        path: String,
    },
    /// How far users are in onboarding tasks and courses.
    Progress,
    /// What auto-play rules start.
    Autoplay,
    /// Where users click in vain or in anger, and where forms are not sent.
    Friction,
    /// What was collected, lost and refused.
    Health,
}

/// Goals: a main one and milestones on the way to it, or any others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goals {
    /// One to eight events.
    pub goals: Vec<FunnelStep>,
    /// The number of the content that may have led to them.
    pub content: Option<String>,
}

/// A funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// Two to eight steps.
    pub steps: Vec<FunnelStep>,
    /// What passes the steps.
    pub unit: Unit,
    /// Whether other steps may come in between.
    pub order: Order,
    /// Longest time from the first step to the last.
    pub window: Duration,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelStep {
    /// As it was written.
    pub text: String,
    /// The event's type.
    pub kind: String,
    /// Content or path of the event.
    pub filters: Vec<TextFilter>,
    /// Members of the event's data.
    pub properties: Vec<PropertyFilter>,
    /// The step that was shown.
    pub step: Option<String>,
}

/// What passes a funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Sessions.
    Session,
    /// Users.
    User,
    /// Plays of content.
    Play,
}

/// The order of a funnel's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Events of other steps may come in between.
    InOrder,
    /// The next event of any of the steps must be that of the next step.
    Strict,
}

/// What one question may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest time.
    pub time: Duration,
    /// Largest memory in bytes, about.
    pub bytes: usize,
}

impl Limits {
    /// The limits of the program.
    pub const DEFAULT: Limits = Limits { time: Duration::from_secs(10), bytes: 50 << 20 };
}

impl View {
    /// The name in addresses.
    pub fn name(&self) -> &'static str {
        match self {
            View::Overview => "overview",
            View::Contents => "contents",
            View::Steps { .. } => "steps",
            View::Funnel(_) => "funnel",
            View::Goals(_) => "goals",
            View::Sessions => "sessions",
            View::Session { .. } => "session",
            View::Users => "users",
            View::Retention => "retention",
            View::Pages => "pages",
            View::Flow { .. } => "flow",
            View::Progress => "progress",
            View::Autoplay => "autoplay",
            View::Friction => "friction",
            View::Health => "health",
        }
    }
}
