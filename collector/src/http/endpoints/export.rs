//! `GET /v1/events`: stored events as JSON lines, the oldest first. They are read and sent page by page.

use crate::app::SharedState;
use crate::error::{ParameterError, Rejection};
use crate::http::admission::known_site;
use crate::http::auth::AdminAccess;
use crate::http::query::Query;
use crate::http::response::failed;
use crate::store::blocking::reading;
use crate::store::{BotFilter, Filter, Found, Store, StoreError};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Events in one page.
const PAGE: usize = 256;

/// Largest `last`: these events are read in one step.
const LAST: usize = 1_000;

/// The events that are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// First time, epoch ms.
    from: Option<i64>,
    /// End: events before this time, epoch ms.
    to: Option<i64>,
    #[serde(rename = "type")]
    kind: Option<String>,
    site: Option<String>,
    /// Without the events of bots, or only those.
    bots: Option<BotFilter>,
    /// Only this many, from the oldest on.
    limit: Option<usize>,
    /// Only this many, those that arrived last.
    last: Option<usize>,
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    _: AdminAccess,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Rejection> {
    wanted.check()?;
    known_site(&shared, wanted.site.as_deref()).await?;
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(shared.store.clone(), wanted).await?))
}

impl Wanted {
    fn check(&self) -> Result<(), ParameterError> {
        match self.last {
            Some(last) if last > LAST => Err(ParameterError::OverLimit { name: "last", limit: LAST }),
            Some(_) if self.limit.is_some() => Err(ParameterError::Exclusive("last", "limit")),
            _ => Ok(()),
        }
    }
}

/// The lines. The first page is read before anything is answered: a store that fails then is a 503, and one that
/// fails later breaks off the body, so that a part is not taken for the whole.
async fn body(store: Arc<dyn Store>, wanted: Wanted) -> Result<Body, Rejection> {
    let Wanted { from, to, kind, site, bots, limit, last } = wanted;
    let filter = Filter { from, to, kind, site, bots };
    if let Some(last) = last {
        let newest = reading(&store, move |store| store.newest(&filter, last)).await.map_err(failed)?;
        return Ok(lines(&newest).into());
    }
    let mut cursor = Cursor { store, filter, left: limit.unwrap_or(usize::MAX), after: None };
    let first = cursor.next().await.map_err(failed)?;
    let pages = stream::unfold((Some(Ok(first)), cursor), |(page, mut cursor)| async move {
        let page = match page {
            Some(page) => page,
            None => cursor.next().await,
        };
        match page {
            Ok(found) if found.is_empty() => None,
            Ok(found) => Some((Ok(lines(&found)), (None, cursor))),
            Err(error) => {
                tracing::error!(%error, "the export broke off");
                cursor.left = 0;
                Some((Err(error), (None, cursor)))
            }
        }
    });
    Ok(Body::from_stream(pages))
}

/// The events with these ids, a line each, read and sent page by page; then these lines.
pub(crate) fn listed(store: Arc<dyn Store>, ids: &[Uuid], last: String) -> Body {
    let pages: Vec<Vec<Uuid>> = ids.chunks(PAGE).map(<[Uuid]>::to_vec).collect();
    let pages = stream::iter(pages).then(move |ids| {
        let store = Arc::clone(&store);
        async move { reading(&store, move |store| store.get(&ids)).await.map(|found| lines(&found)) }
    });
    Body::from_stream(pages.chain(stream::iter([Ok(last.into())])))
}

struct Cursor {
    store: Arc<dyn Store>,
    filter: Filter,
    left: usize,
    after: Option<Uuid>,
}

impl Cursor {
    async fn next(&mut self) -> Result<Vec<Found>, StoreError> {
        let (filter, after, limit) = (self.filter.clone(), self.after, self.left.min(PAGE));
        if limit == 0 {
            return Ok(Vec::new());
        }
        let found = reading(&self.store, move |store| store.page(&filter, after, limit)).await?;
        self.left = if found.len() < limit { 0 } else { self.left - limit };
        self.after = found.last().map(|(id, _)| *id);
        Ok(found)
    }
}

fn lines(found: &[Found]) -> Bytes {
    let mut lines = String::with_capacity(found.iter().map(|(_, body)| body.len() + 1).sum());
    for (_, body) in found {
        lines.push_str(body);
        lines.push('\n');
    }
    lines.into()
}
