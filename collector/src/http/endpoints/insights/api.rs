//! `GET /v1/insights/{view}`: the answer to a question as JSON, or one of its tables as CSV, JSON lines
//! or Parquet.

use super::output::{Format, Output};
use super::parameters::Parameters;
use crate::app::SharedState;
use crate::demo_month;
use crate::error::{ParameterError, Rejection};
use crate::http::admission::known_site;
use crate::http::auth::InsightsAccess;
use crate::http::etag::is_known;
use crate::http::path::Path;
use crate::http::response::{SiteTag, failed};
use crate::insights::definitions::{Definition, find};
use crate::insights::shared::NOTE;
use crate::insights::{Answer, Bucket, Cell, InsightError, Limits, Number, Question, Table, answer, export};
use crate::store::Behind;
use crate::store::blocking::reading;
use crate::time::clock::now;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// The version of the answer's form.
pub(super) const VERSION: u32 = 1;

/// How far the threads of questions give way to those that take events, as `nice` has it.
const NICE: i32 = 10;

/// Longest wait for other questions.
const WAIT: Duration = Duration::from_secs(20);

/// The answer as JSON.
#[derive(Serialize)]
struct Body<'a> {
    version: u32,
    view: &'a str,
    site: &'a str,
    env: u32,
    from: i64,
    to: i64,
    tz: &'a str,
    by: Bucket,
    numbers: &'a [Number],
    tables: &'a [Table],
    /// By name, of each number and column.
    definitions: BTreeMap<&'a str, &'a Definition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<Behind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<&'a crate::insights::Loss>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bots: Option<u64>,
    /// What else a reader must know.
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<&'a BTreeMap<&'static str, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<Link<'a>>,
}

/// The link that an answer was read by.
#[derive(Clone, Copy, Serialize)]
struct Link<'a> {
    name: &'a str,
    /// When it ends, epoch ms.
    expires: i64,
}

/// To whom an answer is told.
#[derive(Clone, Copy)]
pub(super) enum Told<'a> {
    /// Who may see all of the site.
    Owner,
    /// Who has a shared link.
    Shared { name: &'a str, expires: i64 },
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    access: InsightsAccess,
    Path(view): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let now = now();
    let parameters = Parameters::read(&uri)?;
    let site = parameters.required("site")?.to_owned();
    // Who may not read the site is not told what is saved there.
    access.check(&site)?;
    let saved = match parameters.names_saved() {
        true => reading(&shared.store, move |store| store.saved(&site)).await.map_err(failed)?,
        false => Vec::new(),
    };
    let (question, output) = parameters.question_with(&saved, &view, now)?;
    known_site(&shared, Some(&question.selection.site)).await?;
    let answer = ask(&shared, question.clone()).await?;
    answer_to(&shared, &headers, &question, &output, &answer, Told::Owner)
}

/// The response with an answer.
pub(super) fn answer_to(
    shared: &SharedState,
    headers: &HeaderMap,
    question: &Question,
    output: &Output,
    answer: &Answer,
    told: Told<'_>,
) -> Result<Response, Rejection> {
    let view = question.view.name();
    let (body, cut): (Vec<u8>, Option<Cut>) = match output.format {
        Format::Json => (json(question, answer, notes(shared, question, answer, told), output.sql, told).into(), None),
        format => {
            let table = table(answer, output.table.as_deref())?;
            (exported(format, view, &table, question)?, Some(cut(&table)))
        }
    };
    let tag: String = Sha256::digest(&body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let common = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-store".to_owned())];
    if is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let file = match output.format {
        Format::Json => None,
        _ => Some((header::CONTENT_DISPOSITION, file_name(question, &output.table, output.format))),
    };
    let kind = [(header::CONTENT_TYPE, output.format.content_type())];
    let named = Extension(SiteTag(question.selection.site.clone()));
    let mut response = (named, common, kind, cut, body).into_response();
    if let Some((name, value)) = file
        && let Ok(value) = value.parse()
    {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// How many rows an export has, and how many there are.
type Cut = [(HeaderName, usize); 2];

fn cut(table: &Table) -> Cut {
    const ROWS: HeaderName = HeaderName::from_static("waymark-rows");
    const TOTAL: HeaderName = HeaderName::from_static("waymark-total");
    [(ROWS, table.rows.len()), (TOTAL, table.total)]
}

fn exported(format: Format, view: &str, table: &Table, question: &Question) -> Result<Vec<u8>, Rejection> {
    match format {
        Format::Csv => Ok(export::csv(view, table, &question.zone).into()),
        Format::Parquet => export::parquet(view, table).map_err(|error| {
            tracing::error!(%error, table = table.name, "the table cannot be written as Parquet");
            Rejection::StoreFailed
        }),
        Format::Json | Format::Ndjson => Ok(export::ndjson(table).into()),
    }
}

pub(super) async fn ask(shared: &SharedState, question: Question) -> Result<Answer, Rejection> {
    let turn = tokio::time::timeout(WAIT, shared.questions.acquire()).await;
    let _turn = turn.map_err(|_| Rejection::Busy)?.map_err(|_| Rejection::ShuttingDown)?;
    let store = Arc::clone(&shared.store);
    let (sender, answered) = oneshot::channel();
    let work = move || {
        // The system may refuse it. The answer is the same then.
        let _ = rustix::process::nice(NICE);
        drop(sender.send(answer(&*store, &question, Limits::DEFAULT)));
    };
    // A thread of its own, because a thread cannot take back that it gave way.
    std::thread::Builder::new().name("question".to_owned()).spawn(work).map_err(|error| {
        tracing::error!(%error, "no thread can be started for a question");
        Rejection::Busy
    })?;
    match answered.await.unwrap_or(Err(crate::store::StoreError::Interrupted.into())) {
        Ok(answer) => Ok(answer),
        Err(InsightError::Store(error)) => Err(failed(error)),
        Err(costly) => Err(ParameterError::TooCostly(costly.to_string()).into()),
    }
}

fn json(question: &Question, answer: &Answer, notes: Vec<String>, sql: bool, told: Told<'_>) -> String {
    let (is_owner, link) = match told {
        Told::Owner => (true, None),
        Told::Shared { name, expires } => (false, Some(Link { name, expires })),
    };
    let view = question.view.name();
    let columns = answer.report.tables.iter().flat_map(|table| table.columns.iter().copied());
    let names = answer.report.numbers.iter().map(|number| number.name).chain(columns);
    let body = Body {
        version: VERSION,
        view,
        site: &question.selection.site,
        env: question.selection.env,
        from: question.selection.from,
        to: question.selection.to,
        tz: question.zone.name(),
        by: question.bucket,
        numbers: &answer.report.numbers,
        tables: &answer.report.tables,
        definitions: names.filter_map(|name| Some((name, find(view, name)?))).collect(),
        behind: is_owner.then_some(answer.behind),
        loss: is_owner.then_some(&answer.loss),
        bots: is_owner.then_some(answer.bots),
        notes,
        sql: (sql && is_owner).then_some(&answer.sql),
        shared: link,
    };
    // Names, numbers and texts can always be written.
    serde_json::to_string(&body).unwrap_or_default()
}

/// What else a reader must know: what a link leaves out, what retention has removed of the range, and whether the data is
/// made up.
fn notes(shared: &SharedState, question: &Question, answer: &Answer, told: Told<'_>) -> Vec<String> {
    const DAY_MS: i64 = 86_400_000;
    let days = shared.config.get().sites.retention_days();
    let of = days.iter().find(|(site, days)| *site == question.selection.site && *days > 0);
    let kept = of.map(|(_, days)| (days, question.now - i64::from(*days) * DAY_MS));
    let erased = kept.filter(|(_, since)| question.selection.from < *since).map(|(days, since)| {
        let since = question.zone.text(since);
        format!("Events that arrived before {since} are erased: this site keeps them for {days} days.")
    });
    let mut notes = Vec::new();
    if let Told::Shared { .. } = told {
        notes.push(NOTE.to_owned());
        if !answer.loss.days.is_empty() {
            notes.push(format!("Events were lost on these days (UTC): {}.", answer.loss.days.join(", ")));
        }
    }
    notes.extend(erased);
    if question.selection.site == demo_month::SITE {
        notes.push("All data of this site is made up. It shows what these pages look like after a month.".to_owned());
    }
    notes
}

/// The table of an export. `numbers` is a table of the numbers.
fn table<'a>(answer: &'a Answer, name: Option<&str>) -> Result<std::borrow::Cow<'a, Table>, ParameterError> {
    use std::borrow::Cow;
    let tables = &answer.report.tables;
    match (name, tables.as_slice()) {
        (Some("numbers"), _) => {
            let row = |number: &Number| {
                let before = number.before.clone().unwrap_or(Cell::None);
                vec![number.name.into(), number.value.clone(), before]
            };
            let rows: Vec<_> = answer.report.numbers.iter().map(row).collect();
            let total = rows.len();
            Ok(Cow::Owned(Table { name: "numbers", columns: vec!["number", "value", "before"], rows, total }))
        }
        (None, [only]) => Ok(Cow::Borrowed(only)),
        (name, tables) => {
            let found = tables.iter().find(|table| Some(table.name) == name);
            found.map(Cow::Borrowed).ok_or_else(|| {
                let names: Vec<_> = tables.iter().map(|table| table.name).chain(["numbers"]).collect();
                ParameterError::Invalid {
                    name: "table".to_owned(),
                    expected: format!("one of {}", names.join(", ")),
                    value: name.unwrap_or_default().to_owned(),
                }
            })
        }
    }
}

fn file_name(question: &Question, table: &Option<String>, format: Format) -> String {
    let table = table.as_deref().unwrap_or("table");
    let (site, view) = (&question.selection.site, question.view.name());
    format!("attachment; filename=\"waymark-{site}-{view}-{table}.{}\"", format.extension())
}
