//! Saved segments and goals as parameters. A segment narrows a question and never widens it: each of its filters must let
//! an event through, beside those of the question.

use super::output::Output;
use super::parameters::Parameters;
use crate::error::ParameterError;
use crate::insights::Question;
use crate::store::{Saved, SavedKind, Selection};

/// Longest name, and longest query, in characters.
const NAME: usize = 100;
const QUERY: usize = 4_000;

/// What a segment has beside filters of texts and of members of data.
const OTHERS: [&str; 4] = ["mobile", "identified", "bots", "has"];

/// What `goals` has.
const GOALS: [&str; 2] = ["goal", "item"];

impl Parameters {
    /// The saved one with these parameters.
    ///
    /// # Errors
    /// A parameter is none of a segment or of goals, or has a wrong value.
    pub(crate) fn save(&self, site: String, kind: SavedKind, name: String, at: i64) -> Result<Saved, ParameterError> {
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(wrong("name", format!("1 to {NAME} characters without control characters"), &name));
        }
        let (expected, is_of): (_, fn(&str) -> bool) = match kind {
            SavedKind::Segment => ("filters", |name| Parameters::is_filter(name) || OTHERS.contains(&name)),
            SavedKind::Goals => ("goal, 1 to 8 times, and item", |name| GOALS.contains(&name)),
        };
        if self.pairs().is_empty() || self.pairs().iter().any(|(name, _)| !is_of(name)) {
            let found = self.pairs().iter().find(|(name, _)| !is_of(name)).map_or("nothing", |(name, _)| name);
            return Err(wrong(kind.name(), expected.to_owned(), found));
        }
        match kind {
            SavedKind::Segment => self.narrow(&Parameters::default(), &mut Selection::default())?,
            SavedKind::Goals => drop(self.steps("goal", 1)?),
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish();
        if query.len() > QUERY {
            return Err(wrong("query", format!("at most {QUERY} characters"), &query));
        }
        Ok(Saved { site, kind, name, query, at })
    }

    /// Narrows a question with the parameters `by` to this segment.
    ///
    /// # Errors
    /// The question says itself what can be said once.
    pub(super) fn narrow(&self, by: &Parameters, selection: &mut Selection) -> Result<(), ParameterError> {
        if let Some(twice) = OTHERS.into_iter().find(|name| self.find(name).is_some() && by.find(name).is_some()) {
            return Err(ParameterError::Exclusive("segment", twice));
        }
        selection.filters.extend(self.filters());
        selection.properties.extend(self.properties());
        selection.mobile = self.yes("mobile")?.or(selection.mobile);
        selection.identified = self.yes("identified")?.or(selection.identified);
        selection.has.extend(self.all("has").map(str::to_owned));
        if self.find("bots").is_some() {
            selection.bots = self.bots()?;
        }
        Ok(())
    }

    /// Whether a saved segment or saved goals are named.
    pub(super) fn names_saved(&self) -> bool {
        SavedKind::ALL.into_iter().any(|kind| self.find(kind.name()).is_some())
    }

    /// The question about a view, with what it names of the saved ones.
    ///
    /// # Errors
    /// As [`Self::question`], or nothing with the name is saved.
    pub(super) fn question_with(
        self,
        saved: &[Saved],
        view: &str,
        now: i64,
    ) -> Result<(Question, Output), ParameterError> {
        let (segment, goals) = (self.named(saved, SavedKind::Segment)?, self.named(saved, SavedKind::Goals)?);
        let parameters = match goals {
            Some(goals) => match GOALS.into_iter().find(|name| self.find(name).is_some()) {
                Some(twice) => return Err(ParameterError::Exclusive("goals", twice)),
                None => self.and(goals),
            },
            None => self,
        };
        let (mut question, output) = parameters.question(view, now)?;
        if let Some(segment) = segment {
            segment.narrow(&parameters, &mut question.selection)?;
        }
        Ok((question, output))
    }

    /// What is named of a kind.
    fn named(&self, saved: &[Saved], kind: SavedKind) -> Result<Option<Parameters>, ParameterError> {
        let Some(name) = self.find(kind.name()) else { return Ok(None) };
        let of_kind = || saved.iter().filter(|saved| saved.kind == kind);
        match of_kind().find(|saved| saved.name == name) {
            Some(saved) => Parameters::parse(&saved.query).map(Some),
            None => {
                let names: Vec<_> = of_kind().map(|saved| saved.name.as_str()).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                Err(wrong(kind.name(), format!("the name of a saved one; there are {names}"), name))
            }
        }
    }
}

fn wrong(name: &str, expected: String, value: &str) -> ParameterError {
    ParameterError::Invalid { name: name.to_owned(), expected, value: value.chars().take(100).collect() }
}
