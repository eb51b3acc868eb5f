//! `POST /v1/events`: the steps from a body to an acknowledgement. It is given only once every event of the batch is
//! durable, was there already, or can never be stored.

use crate::app::Shared;
use crate::client::address::Sender;
use crate::error::Rejection;
use crate::http::admission::{Asked, Door};
use crate::http::body;
use crate::http::response::Named;
use crate::ingest::batch_size;
use crate::ingest::enrich::{Stamp, Stamped};
use crate::store::{Outcome, Receipt};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use waymark_wire::{Batch, Level, Reply};

pub(crate) async fn post(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    let (asked, body) = door.before(sender, asked, body)?;
    let body = body::read(body, &rules.limits).await?;
    batch_size::check(&body, rules.limits.batch_bytes)?;
    let batch = Batch::read(&body)?;
    let known = door.after(asked, &batch.site)?;
    let site = &known.site;
    let stamp = Stamp::new(sender, &shared.geo);
    let Stamped { delivery, rejected, stripped } = stamp.delivery(&batch, site, &rules.limits)?;
    known.count_stripped(stripped);
    // Of a site that collects nothing, it is not kept either that there was a tab.
    let Receipt { outcomes, upto } = match site.allowed().level() {
        Level::Off => Receipt::default(),
        _ => shared.writer.append(delivery).await?,
    };
    let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
    let duplicate = outcomes.len() - stored;
    shared.metrics.batch(stored, duplicate, stripped, rejected.iter().map(|rejected| rejected.why.as_str()));
    let Batch { request, attempt, seq, .. } = batch;
    let named = request.map(tracing::field::display);
    let refused = rejected.len();
    tracing::debug!(
        request = named,
        attempt,
        site = site.key,
        seq,
        stored,
        duplicate,
        rejected = refused,
        upto,
        "a batch"
    );
    let reply = Reply { request, stored, duplicate, rejected, stripped, upto };
    Ok((Extension(Named(site.key.clone())), [(header::CACHE_CONTROL, "no-store")], Json(reply)))
}
