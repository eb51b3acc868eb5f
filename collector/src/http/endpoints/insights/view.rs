//! The view that a query string asks for.

use super::funnel_step;
use super::parameters::{Parameters, invalid};
use crate::error::ParameterError;
use crate::insights::{Funnel, FunnelStep, Goals, Order, Unit, View};
use std::time::Duration;

const VIEWS: &str = "overview, contents, steps, funnel, goals, sessions, session, users, retention, pages, flow, progress, autoplay, friction or health";

impl Parameters {
    /// The view of this name, with what it asks for.
    pub(super) fn view(&self, name: &str) -> Result<View, ParameterError> {
        Ok(match name {
            "overview" => View::Overview,
            "contents" => View::Contents,
            "steps" => View::Steps { content: self.required("item")?.to_owned() },
            "funnel" => View::Funnel(self.funnel()?),
            "goals" => {
                let content = self.find("item").map(str::to_owned);
                View::Goals(Goals { goals: self.steps("goal", 1)?, content })
            }
            "sessions" => View::Sessions,
            "session" => View::Session { id: self.required("id")?.to_owned() },
            "users" => View::Users,
            "retention" => View::Retention,
            "pages" => View::Pages,
            "flow" => View::Flow { path: self.required("page")?.to_owned() },
            "progress" => View::Progress,
            "autoplay" => View::Autoplay,
            "friction" => View::Friction,
            "health" => View::Health,
            other => return Err(invalid("view", VIEWS, other)),
        })
    }

    fn funnel(&self) -> Result<Funnel, ParameterError> {
        let steps = self.steps("step", 2)?;
        let unit = match self.find("unit") {
            None | Some("session") => Unit::Session,
            Some("user") => Unit::User,
            Some("play") => Unit::Play,
            Some(other) => return Err(invalid("unit", "session, user or play", other)),
        };
        let order = match self.find("order") {
            None | Some("any") => Order::InOrder,
            Some("strict") => Order::Strict,
            Some(other) => return Err(invalid("order", "any or strict", other)),
        };
        let default = if unit == Unit::User { "1d" } else { "12h" };
        let window = self.find("window").unwrap_or(default);
        let read = read_window(window);
        let window = read.ok_or_else(|| invalid("window", "a time up to 90d, such as 30m, 12h or 7d", window))?;
        Ok(Funnel { steps, unit, order, window })
    }

    /// The events of a funnel, or goals: as many as `least`, and at most eight.
    pub(super) fn steps(&self, name: &str, least: usize) -> Result<Vec<FunnelStep>, ParameterError> {
        let texts: Vec<&str> = self.all(name).collect();
        if !(least..=8).contains(&texts.len()) {
            return Err(invalid(name, &format!("there {least} to 8 times"), &format!("there {} times", texts.len())));
        }
        let read = |text: &&str| funnel_step::read(text).ok_or_else(|| invalid(name, funnel_step::EXPECTED, text));
        texts.iter().map(read).collect()
    }
}

fn read_window(text: &str) -> Option<Duration> {
    let unit = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u64 = text.get(..text.len() - 1)?.parse().ok()?;
    let seconds = count.checked_mul(unit)?;
    (1..=90 * 86_400).contains(&seconds).then(|| Duration::from_secs(seconds))
}
