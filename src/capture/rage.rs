//! Rage: many clicks in a short time, in one place.

use super::click::{Click, Recorded};
use super::description::Described;
use super::event::{By, Captured, EventData};
use super::node::{Node, has_value};
use super::target::is_editable;

/// The fewest clicks of rage: three select a paragraph.
const CLICKS: u32 = 4;
/// The longest time between two of them, in ms.
const APART_MS: i64 = 1_000;
/// The longest way between two of them, in CSS pixels along each axis.
const APART: i32 = 30;

#[derive(Clone, Debug)]
struct Chain<N> {
    innermost: N,
    described: Described<N>,
    by: By,
    place: (i32, i32),
    first_at: i64,
    last_at: i64,
    count: u32,
    href: String,
    /// How many clicks changed the page's address.
    moves: u32,
}

/// The clicks that may become rage.
#[derive(Clone, Debug)]
pub struct Rage<N>(Option<Chain<N>>);

impl<N> Default for Rage<N> {
    fn default() -> Self {
        Rage(None)
    }
}

impl<N: Node> Rage<N> {
    /// A click was recorded. Returns the event of the clicks before, if they have ended.
    pub fn click(&mut self, click: &Click<N>, recorded: &Recorded<N>) -> Option<Captured> {
        let Recorded { described, by, .. } = recorded;
        let privacy = &described.privacy;
        let is_none = *by == By::Key || click.button > 0 || privacy.is_guidance || privacy.is_rage_off;
        if is_none || takes_many_clicks(described) {
            return self.end();
        }
        if let Some(chain) = self.0.as_mut().filter(|chain| chain.continues(click, described)) {
            chain.count += 1;
            chain.moves += u32::from(chain.href != click.href);
            (chain.place, chain.last_at) = (click.place, click.at);
            chain.href.clone_from(&click.href);
            chain.innermost = click.innermost.clone();
            // What was censored at one of the clicks is censored in the event.
            if described.privacy.strength > chain.described.privacy.strength {
                chain.described = described.clone();
            }
            return None;
        }
        let ended = self.end();
        self.0 = Some(Chain {
            innermost: click.innermost.clone(),
            described: described.clone(),
            by: *by,
            place: click.place,
            first_at: click.at,
            last_at: click.at,
            count: 1,
            href: click.href.clone(),
            moves: 0,
        });
        ended
    }

    /// The user scrolled or selected something: these clicks are no rage.
    pub fn interrupt(&mut self) {
        self.0 = None;
    }

    /// The clicks have ended. Returns their event, if they are rage.
    pub fn end(&mut self) -> Option<Captured> {
        let chain = self.0.take()?;
        // A click that leads on each time works.
        if chain.count < CLICKS || chain.moves + 1 >= chain.count {
            return None;
        }
        let mut data = EventData::of(&chain.described);
        (data.by, data.count, data.ms) = (Some(chain.by), Some(chain.count), Some(chain.last_at - chain.first_at));
        if !data.censored {
            (data.x, data.y) = (Some(chain.place.0), Some(chain.place.1));
        }
        Some(data.at(chain.last_at, "rageClick"))
    }

    /// When the clicks have ended, epoch ms.
    pub fn due_at(&self) -> Option<i64> {
        self.0.as_ref().map(|chain| chain.last_at + APART_MS + 1)
    }
}

impl<N: Node> Chain<N> {
    fn continues(&self, click: &Click<N>, described: &Described<N>) -> bool {
        let is_near = |a: i32, b: i32| a.abs_diff(b) <= APART.unsigned_abs();
        let is_same = self.innermost == click.innermost
            || !self.innermost.is_connected() && self.described.element.path == described.element.path;
        is_same
            && click.at - self.last_at <= APART_MS
            && is_near(self.place.0, click.place.0)
            && is_near(self.place.1, click.place.1)
    }
}

/// Whether many clicks on the element are its use: a step, a field, a game.
fn takes_many_clicks<N: Node>(described: &Described<N>) -> bool {
    let (node, element) = (&described.node, &described.element);
    let is_field = match &*element.tag {
        "input" => {
            !matches!(element.kind.as_deref(), Some("button" | "submit" | "reset" | "image" | "checkbox" | "radio"))
        }
        "textarea" | "select" | "canvas" | "video" | "audio" => true,
        _ => is_editable(node),
    };
    let is_slider = ["slider", "spinbutton", "scrollbar"].iter().any(|role| has_value(node, "role", role));
    let words = [&described.words.text, &described.words.label];
    is_field || is_slider || words.into_iter().flatten().any(|word| is_step(word))
}

/// Whether a text only says where to go on.
fn is_step(text: &str) -> bool {
    let is_sign = |one: char| "+\u{2212}-\u{2013}<>\u{2039}\u{203a}\u{ab}\u{bb}\u{25b2}\u{25bc}".contains(one);
    text.chars().all(|one| is_sign(one) || one == ' ')
        || ["next", "previous", "prev", "more"].iter().any(|word| text.eq_ignore_ascii_case(word))
}
