//! `POST /v1/events`: from a body to an acknowledgement. A batch is acknowledged once each of its events is durable, a
//! duplicate, or rejected for good.

use crate::app::SharedState;
use crate::client::address::ClientAddress;
use crate::error::Rejection;
use crate::http::admission::{Admission, SiteQuery};
use crate::http::body;
use crate::http::response::SiteTag;
use crate::ingest::batch_size;
use crate::ingest::enrich::{EnrichedBatch, Enricher};
use crate::store::{Outcome, Receipt};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use waymark_wire::{Batch, Level, Reply};

pub(crate) async fn post(
    State(shared): State<SharedState>,
    Extension(client): Extension<ClientAddress>,
    query: Result<Query<SiteQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    let admission = Admission { state: &shared, config: &config, headers: &headers };
    let (site, body) = admission.check_headers(client, query, body)?;
    let body = body::read(body, &config.limits).await?;
    batch_size::check(&body, config.limits.batch_bytes)?;
    let batch = Batch::read(&body)?;
    let known = admission.check_body(site, &batch.site)?;
    let site = &known.site;
    let enricher = Enricher::new(client, &shared.geoip);
    let EnrichedBatch { delivery, rejected, stripped } = enricher.enrich(&batch, site, &config.limits)?;
    known.count_stripped(stripped);
    // Of a site that collects nothing, it is not kept either that there was a tab.
    let Receipt { outcomes, acknowledged_below: upto } = match site.allowed().level() {
        Level::Off => Receipt::default(),
        _ => shared.writer.append(delivery).await?,
    };
    let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
    let duplicate = outcomes.len() - stored;
    shared.metrics.batch(stored, duplicate, stripped, rejected.iter().map(|rejected| rejected.code));
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
    Ok((Extension(SiteTag(site.key.clone())), [(header::CACHE_CONTROL, "no-store")], Json(reply)))
}
