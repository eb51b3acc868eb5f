//! `POST /v1/events`: from a body to an acknowledgement. A batch is acknowledged once each of its events is durable, a
//! duplicate, or rejected for good.

use crate::error::Rejection;
use crate::http::body::BodyLimit;
use crate::http::response::SiteTag;
use crate::http::write_request::{Sender, WriteEndpoint, WriteRequest};
use crate::ingest::batch_size;
use crate::ingest::enrich::{EnrichedBatch, Enricher};
use crate::store::{Outcome, Receipt};
use axum::Json;
use axum::extract::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use waymark_wire::{Batch, Level, Reply};

/// This endpoint.
pub(crate) struct Events;

impl WriteEndpoint for Events {
    const SENDER: Sender = Sender::Page;
    const BODY: BodyLimit = BodyLimit::Batch;
}

pub(crate) async fn post(request: WriteRequest<Events>) -> Result<impl IntoResponse, Rejection> {
    let (shared, limits) = (&request.admission.state, &request.admission.config.limits);
    let batch = batch_size::read(&request.body, limits.batch_bytes)?;
    let known = request.admit_page(&batch.site)?;
    let site = &known.site;
    let enricher = Enricher::new(request.admission.client, request.admission.is_of_bot(), &shared.geoip);
    let EnrichedBatch { delivery, rejected, of_bots, stripped } = enricher.enrich(&batch, site, limits)?;
    known.count_stripped(stripped);
    // Of a site that collects nothing, it is not kept either that there was a tab.
    let Receipt { outcomes, acknowledged_below: upto } = match site.allowed().level() {
        Level::Off => Receipt::default(),
        _ => shared.writer.append(delivery).await?,
    };
    let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
    let duplicate = outcomes.len() - stored;
    let stored_of_bots =
        outcomes.iter().zip(of_bots).filter(|(outcome, is_of_bot)| **outcome == Outcome::Stored && *is_of_bot).count();
    shared.metrics.stored_of_bots(stored_of_bots);
    shared.metrics.batch(stored, duplicate, stripped, rejected.iter().map(|rejected| rejected.code));
    let Batch { request: id, attempt, seq, site, .. } = batch;
    tracing::debug!(
        request = %id,
        attempt,
        site = &*site,
        seq,
        stored,
        duplicate,
        rejected = rejected.len(),
        upto,
        "a batch"
    );
    let reply = Reply { request: id, stored, duplicate, rejected, stripped, upto };
    Ok((Extension(SiteTag(site.into_owned())), [(header::CACHE_CONTROL, "no-store")], Json(reply)))
}
