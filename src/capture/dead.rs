//! Dead clicks: clicks on what looks as if it did something, after which nothing happens.

use super::click::{Click, Recorded};
use super::description::Described;
use super::event::{By, Captured, EventData};
use super::node::Node;

/// How long the page has to do something, in ms.
const ANSWER_MS: i64 = 2_500;
/// How long the browser may take to say what happened, in ms.
const LATE_MS: i64 = 500;
/// From this delay of the timer on, nothing is known of what happened meanwhile, in ms.
const THROTTLED_MS: i64 = 5_000;
/// An element is reported once in this time, in ms.
const AGAIN_MS: i64 = 5_000;
/// The most clicks that wait, and the most that are reported on a page.
const WAITING: usize = 5;
/// See [`WAITING`].
const REPORTED: u32 = 10;

#[derive(Clone, Debug)]
struct Candidate<N> {
    described: Described<N>,
    by: By,
    place: (i32, i32),
    clicked_at: i64,
}

/// The clicks that nothing has followed yet.
#[derive(Clone, Debug)]
pub struct DeadClicks<N> {
    waiting: Vec<Candidate<N>>,
    reported: u32,
    /// The elements that were reported lately, and when, epoch ms.
    recent: Vec<(N, i64)>,
}

impl<N> Default for DeadClicks<N> {
    fn default() -> Self {
        DeadClicks { waiting: Vec::new(), reported: 0, recent: Vec::new() }
    }
}

impl<N: Node> DeadClicks<N> {
    /// A click was recorded.
    pub fn click(&mut self, click: &Click<N>, recorded: &Recorded<N>) {
        let Recorded { described, by, is_answered, .. } = recorded;
        let is_one =
            *by != By::Key && click.button == 0 && !click.has_modifier && !is_answered && is_candidate(described);
        if is_one && self.waiting.len() < WAITING && self.may_report(&described.node, click.at) {
            let (described, by, place) = (described.clone(), *by, click.place);
            self.waiting.push(Candidate { described, by, place, clicked_at: click.at });
        }
    }

    /// Whether the element is one whose click waits for an answer.
    pub fn is_target(&self, node: &N) -> bool {
        self.waiting.iter().any(|one| one.described.node == *node)
    }

    /// A disabled control was pressed.
    pub fn disabled(&mut self, described: &Described<N>, by: By, at: i64) -> Option<Captured> {
        let is_one = !described.privacy.is_guidance && !described.privacy.is_dead_off;
        (is_one && self.may_report(&described.node, at)).then(|| self.report(described, by, None, "disabled", at))
    }

    /// The page has done something, or the user something else: no click that waits is dead.
    pub fn answer(&mut self) {
        self.waiting.clear();
    }

    /// The clicks that nothing has followed in time.
    pub fn settled(&mut self, now: i64) -> Vec<Captured> {
        let (due, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|one: &Candidate<N>| one.clicked_at + ANSWER_MS + LATE_MS <= now);
        self.waiting = waiting;
        let due: Vec<Candidate<N>> = due;
        let mut dead = Vec::new();
        for one in due {
            let is_late = now - one.clicked_at - ANSWER_MS - LATE_MS > THROTTLED_MS;
            if !is_late && self.may_report(&one.described.node, one.clicked_at) {
                dead.push(self.report(&one.described, one.by, Some(one.place), "nothing", one.clicked_at));
            }
        }
        dead
    }

    /// When it is known of a click that nothing has followed, epoch ms.
    pub fn due_at(&self) -> Option<i64> {
        self.waiting.iter().map(|one| one.clicked_at + ANSWER_MS + LATE_MS).min()
    }

    fn may_report(&self, node: &N, at: i64) -> bool {
        let is_recent = |(recent, time): &(N, i64)| recent == node && at - time < AGAIN_MS;
        self.reported < REPORTED && !self.recent.iter().any(is_recent)
    }

    fn report(
        &mut self,
        described: &Described<N>,
        by: By,
        place: Option<(i32, i32)>,
        why: &'static str,
        at: i64,
    ) -> Captured {
        self.reported += 1;
        self.recent.retain(|(_, time)| at - time < AGAIN_MS);
        self.recent.push((described.node.clone(), at));
        let mut data = EventData::of(described);
        (data.by, data.why) = (Some(by), Some(why));
        if let (Some((x, y)), false) = (place, data.censored) {
            (data.x, data.y) = (Some(x), Some(y));
        }
        data.at(at, "deadClick")
    }
}

/// Whether the element looks as if a click on it did something that the recorder can see.
fn is_candidate<N: Node>(described: &Described<N>) -> bool {
    let (element, privacy) = (&described.element, &described.privacy);
    if privacy.is_guidance || privacy.is_dead_off || super::target::is_editable(&described.node) {
        return false;
    }
    let has_effect = match &*element.tag {
        "select" | "option" | "textarea" | "label" | "summary" => true,
        "canvas" | "video" | "audio" | "iframe" | "object" | "embed" | "a" | "area" => true,
        "input" => !matches!(element.kind.as_deref(), Some("button" | "submit" | "reset" | "image" | "checkbox")),
        _ => false,
    };
    let is_named = |name: &str| {
        name.split(['-', '_'])
            .any(|word| ["btn", "button", "link", "tab", "menu"].iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    let names = element.classes.iter().chain(&element.id);
    !has_effect && (!described.is_plain || element.role.is_some() || names.into_iter().any(|name| is_named(name)))
}
