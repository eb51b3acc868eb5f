//! A new shared link: checks what it shows, and makes its token.

use super::parameters::Parameters;
use crate::error::ParameterError;
use crate::insights::shared::{self, NotShared};
use crate::store::{Share, token_hash};
use serde::Deserialize;
use uuid::Uuid;

/// Days that a link opens, if nothing is said, and at most.
const DAYS: u16 = 30;
const MAX_DAYS: u16 = 366;
const DAY_MS: i64 = 86_400_000;

/// Longest name and query in characters.
const NAME: usize = 100;
const QUERY: usize = 4_000;

/// Hex digits of a token: 160 bits, of which over 150 are random.
const TOKEN: usize = 40;

/// What a link is to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShare {
    /// The key of the site.
    pub(crate) site: String,
    pub(crate) view: String,
    /// The view's parameters as in its address, without the site.
    #[serde(default)]
    pub(crate) query: String,
    /// For people.
    #[serde(default)]
    pub(crate) name: String,
    /// Days that it opens.
    pub(crate) days: Option<u16>,
}

impl NewShare {
    /// The link and its token, which is nowhere else.
    ///
    /// # Errors
    /// What is wrong with the view or its parameters.
    pub(crate) fn make(self, now: i64) -> Result<(Share, String), ParameterError> {
        let NewShare { site, view, query, name, days } = self;
        if name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(wrong("name", format!("at most {NAME} characters without control characters"), &name));
        }
        let days = days.unwrap_or(DAYS);
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(wrong("days", format!("from 1 to {MAX_DAYS}"), &days.to_string()));
        }
        let query = query.trim_start_matches('?').to_owned();
        if query.chars().count() > QUERY {
            return Err(wrong("query", format!("at most {QUERY} characters"), &query));
        }
        let others = ["site", "format", "table", "sql", "segment", "goals"];
        if let Some((found, _)) =
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| others.contains(&name.as_ref()))
        {
            return Err(wrong("query", format!("without {}", others.join(", ")), &found));
        }
        let parameters = Parameters::parse(&with_site(&query, &site))?;
        let (question, _) = parameters.question(&view, now)?;
        shared::check(&question.view).map_err(|reason| match reason {
            NotShared::View => wrong("view", reason.to_string(), &view),
            NotShared::Unit => wrong("unit", reason.to_string(), parameters.find("unit").unwrap_or("session")),
        })?;
        let random = [Uuid::new_v4(), Uuid::new_v4()].map(|part| part.simple().to_string()).concat();
        let token: String = random.chars().take(TOKEN).collect();
        let id = Uuid::new_v4().simple().to_string().chars().take(12).collect();
        let (hash, expires) = (token_hash(&token), now + i64::from(days) * DAY_MS);
        Ok((Share { id, hash, site, view, query, name, created: now, expires, used: None }, token))
    }
}

/// The parameters with that of the site.
pub(super) fn with_site(query: &str, site: &str) -> String {
    form_urlencoded::Serializer::new(query.to_owned()).append_pair("site", site).finish()
}

fn wrong(name: &str, expected: String, value: &str) -> ParameterError {
    ParameterError::Invalid { name: name.to_owned(), expected, value: value.chars().take(100).collect() }
}
