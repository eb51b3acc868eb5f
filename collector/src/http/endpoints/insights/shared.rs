//! `GET /v1/shared`: what a shared link shows. The token is in the `Authorization` header, and only `format` and
//! `table` can be chosen: site, view, range and filters are those of the link. Days that are not over are left out, so
//! that nobody can watch a single user come and go.

use super::api::{Told, answer_to, ask};
use super::new_share::with_site;
use super::parameters::Parameters;
use crate::app::SharedState;
use crate::config::Admin;
use crate::demo_month;
use crate::error::{ParameterError, Rejection};
use crate::http::admission::Admission;
use crate::http::auth::credentials;
use crate::http::query::Query;
use crate::http::response::failed;
use crate::insights::{Question, shared};
use crate::store::blocking::reading;
use crate::store::{Share, token_hash};
use crate::time::clock::now;
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// How often the last use of a link is noted.
const HOUR_MS: i64 = 3_600_000;

/// What the reader of a link can choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    format: Option<String>,
    table: Option<String>,
}

pub(crate) async fn get(
    admission: Admission,
    chosen: Result<Query<Chosen>, Rejection>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let (state, now) = (&admission.state, now());
    let share = opened(state, &headers, now).await?;
    let query = query(&share, chosen?.0);
    let (mut question, output) = Parameters::parse(&query)?.question(&share.view, now)?;
    only_whole_days(&mut question, now)?;
    let mut answer = ask(state, question.clone()).await?;
    answer.report = shared::shared(&question.view, &answer.report);
    let told = Told::Shared { name: &share.name, expires: share.expires };
    let response = answer_to(state, &headers, &question, &output, &answer, told)?;
    Ok(([(HeaderName::from_static("x-robots-tag"), "noindex")], response).into_response())
}

/// The parameters of the link, with those that its reader chose.
fn query(share: &Share, Chosen { format, table }: Chosen) -> String {
    let mut query = form_urlencoded::Serializer::new(with_site(&share.query, &share.site));
    for (name, value) in [("format", format), ("table", table)] {
        query.extend_pairs(value.map(|value| (name, value)));
    }
    query.finish()
}

/// The link of the request's token.
async fn opened(state: &SharedState, headers: &HeaderMap, now: i64) -> Result<Share, Rejection> {
    let hash = token_hash(credentials(headers, "bearer").ok_or(Rejection::InvalidShare)?);
    let found = reading(&state.store, move |store| {
        let found = store.share(&hash, now)?;
        if let Some(share) = found.as_ref().filter(|share| share.used.is_none_or(|used| used + HOUR_MS <= now)) {
            store.use_share(&share.id, now - now.rem_euclid(HOUR_MS))?;
        }
        Ok(found)
    });
    let share = found.await.map_err(failed)?.ok_or(Rejection::InvalidShare)?;
    // The links of a site end with the site.
    let config = state.config.get();
    let is_made_up = share.site == demo_month::SITE && matches!(config.admin, Admin::Open);
    if is_made_up || config.sites.find(&share.site).is_ok() { Ok(share) } else { Err(Rejection::InvalidShare) }
}

fn only_whole_days(question: &mut Question, now: i64) -> Result<(), ParameterError> {
    let today = question.zone.start(question.zone.day(now));
    question.selection.to = question.selection.to.min(today);
    if question.selection.from < question.selection.to {
        return Ok(());
    }
    let reason = "no day of this link's range is over yet: a shared link shows whole days";
    Err(ParameterError::TooCostly(reason.to_owned()))
}
