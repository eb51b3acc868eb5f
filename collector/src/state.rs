//! `POST /v1/state`: what a browser has of a user is merged into what is there, and all of it is answered. `PUT` is the
//! same, and `GET` asks what is there: for the site's own server, since no page of another origin may use either. Only for
//! users whom the site's server has signed. It is answered once what changed is durable.

use crate::config::Limits;
use crate::door::{Asked, Door, different};
use crate::export::{failed, reading};
use crate::forget::in_words;
use crate::reject::Rejection;
use crate::router::Shared;
use crate::sender::Sender;
use crate::stamp::now;
use crate::store::{Change, Fate, Merged, States};
use crate::watch::Named;
use crate::{admin, body};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use waymark_wire::state::{Item, Refused, Reply, Request};

/// The most bytes of a body: as many entries as there may be, of the longest values.
const MOST_BYTES: usize = 256 << 10;

/// Whom a `GET` asks about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    site: String,
    user: String,
}

pub(crate) async fn post(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    let (asked, body) = door.before_signed(sender, asked, body)?;
    let limits = Limits { body_bytes: MOST_BYTES, decompressed_bytes: MOST_BYTES, ..rules.limits.clone() };
    let body = body::read(body, &limits).await.map_err(in_words)?;
    let request: Request = serde_json::from_slice(&body)
        .map_err(|error| Rejection::Unreadable(format!("cannot tell whose state it is: {error}")))?;
    if asked.is_some_and(|key| key != request.site) {
        return Err(different());
    }
    answer(&shared, &door, request).await
}

pub(crate) async fn get(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    whose: Result<Query<Whose>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    shared.pace.of_address(&rules.limits, sender)?;
    let Query(Whose { site, user }) = whose.map_err(|error| Rejection::Parameter(error.to_string()))?;
    let signature = admin::said(&headers, "waymark").unwrap_or_default().to_owned();
    answer(&shared, &door, Request { site, user, signature, entries: Vec::new() }).await
}

async fn answer(shared: &Shared, door: &Door<'_>, request: Request) -> Result<impl IntoResponse + use<>, Rejection> {
    door.signed(&request.site, &request.user, &request.signature)?;
    let named = Named(request.site.clone());
    let Sent { change, told } = Sent::of(request, now()).map_err(|why| Rejection::Unreadable(why.to_owned()))?;
    let merged = match change.entries.is_empty() {
        true => Merged { fates: Vec::new(), states: read(shared, change.site, change.user).await? },
        false => shared.writer.remember(change).await?,
    };
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(told.with(merged))))
}

/// A request that makes sense: what a store is to merge, and what can be told already.
pub struct Sent {
    /// Those of its entries that can be kept.
    pub change: Change,
    /// The others.
    pub told: Told,
}

/// Half of an answer.
pub struct Told {
    /// The place in the request of each entry of the change.
    places: Vec<usize>,
    rejected: Vec<Refused>,
}

impl Sent {
    /// What a request says that came at `now`, epoch ms.
    ///
    /// # Errors
    /// What is wrong with it as a whole, in words.
    pub fn of(request: Request, now: i64) -> Result<Sent, &'static str> {
        request.check()?;
        let Request { site, user, entries, .. } = request;
        let (mut places, mut taken, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            match entry.read(now) {
                Ok(entry) => {
                    places.push(index);
                    taken.push(entry);
                }
                Err(why) => rejected.push(Refused { index, why: why.to_owned() }),
            }
        }
        Ok(Sent { change: Change { site, user, entries: taken }, told: Told { places, rejected } })
    }
}

impl Told {
    /// The answer, once the change is merged.
    #[must_use]
    pub fn with(self, Merged { fates, states }: Merged) -> Reply {
        let Told { places, rejected } = self;
        let mut reply = Reply { rejected, ..Reply::default() };
        for (index, fate) in places.into_iter().zip(fates) {
            match fate {
                Fate::Merged => {}
                Fate::Stale => reply.stale.push(index),
                Fate::Full => {
                    reply.rejected.push(Refused { index, why: "the user has 100 entries already".to_owned() })
                }
            }
        }
        reply.rejected.sort_by_key(|refused| refused.index);
        reply.entries = states.into_iter().map(|(name, state)| Item::new(name, state)).collect();
        reply
    }
}

async fn read(shared: &Shared, site: String, user: String) -> Result<States, Rejection> {
    reading(&shared.store, move |store| store.states(&site, &user, now())).await.map_err(failed)
}
