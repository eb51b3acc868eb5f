//! The query string of a question. Filters may come several times: the values of one filter add up.

use super::funnel_step;
use super::output::{Format, Output};
use crate::error::ParameterError;
use crate::insights::{Bucket, Question, Zone};
use crate::store::{BotFilter, Column, PropertyFilter, Selection, TextFilter};
use crate::time::day::Day;
use axum::http::Uri;

/// Longest range: three years.
const DAYS: i64 = 1_100;
const DAY_MS: i64 = 86_400_000;

/// Rows of a table, if nothing is said, and at most.
const ROWS: usize = 100;
const MAX_ROWS: usize = 10_000;

/// Values of filters.
const FILTERS: usize = 50;

/// All names. A filter also has `not_` and its name; `data.NAME` is a filter for each member of data.
const NAMES: &[&str] = &[
    "site",
    "from",
    "to",
    "tz",
    "env",
    "by",
    "limit",
    "type",
    "path",
    "content",
    "content_version",
    "country",
    "browser",
    "os",
    "mobile",
    "identified",
    "bots",
    "has",
    "data.NAME",
    "segment",
    "goal",
    "goals",
    "item",
    "id",
    "page",
    "step",
    "unit",
    "order",
    "window",
    "format",
    "table",
    "sql",
];

/// Those that may come several times, beside the filters.
const REPEATED: [&str; 3] = ["goal", "has", "step"];

/// The parameters of a query string.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(uri: &Uri) -> Result<Self, ParameterError> {
        Parameters::parse(uri.query().unwrap_or_default())
    }

    pub(crate) fn parse(query: &str) -> Result<Self, ParameterError> {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut read = Parameters(Vec::new());
        for (name, value) in pairs {
            let is_filter = column(&name).is_some() || member(&name).is_some();
            let known = NAMES.iter().find(|known| **known == name);
            if known.is_none() && !is_filter {
                return Err(ParameterError::Unknown { name, allowed: NAMES });
            }
            if let Some(known) = known
                && !is_filter
                && !REPEATED.contains(known)
                && read.find(known).is_some()
            {
                return Err(ParameterError::Twice(known));
            }
            read.0.push((name, value));
        }
        if read.0.iter().filter(|(name, _)| is_counted(name)).count() > FILTERS {
            return Err(ParameterError::TooCostly(format!("filters can have at most {FILTERS} values")));
        }
        Ok(read)
    }

    /// The names and values, in their order.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// These and others.
    pub(super) fn and(mut self, others: Parameters) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether a parameter is a filter of a text or of a member of data.
    pub(super) fn is_filter(name: &str) -> bool {
        column(name).is_some() || member(name).is_some()
    }

    /// The question about a view, and how it is answered.
    pub(super) fn question(&self, view: &str, now: i64) -> Result<(Question, Output), ParameterError> {
        let zone = self.zone()?;
        let (from, to) = self.range(&zone, now)?;
        let env = self.number("env", 0, usize::try_from(u32::MAX).unwrap_or(usize::MAX))?;
        let selection = Selection {
            site: self.required("site")?.to_owned(),
            env: u32::try_from(env).unwrap_or_default(),
            from,
            to,
            bots: self.bots()?,
            mobile: self.yes("mobile")?,
            identified: self.yes("identified")?,
            filters: self.filters(),
            properties: self.properties(),
            has: self.all("has").map(str::to_owned).collect(),
        };
        let bucket = match self.find("by") {
            Some("hour") => Bucket::Hour,
            Some("day") => Bucket::Day,
            Some("week") => Bucket::Week,
            Some("month") => Bucket::Month,
            Some(other) => return Err(invalid("by", "hour, day, week or month", other)),
            None if to - from <= 2 * DAY_MS => Bucket::Hour,
            None if to - from <= 92 * DAY_MS => Bucket::Day,
            None => Bucket::Week,
        };
        let limit = self.number("limit", ROWS, MAX_ROWS)?;
        let view = self.view(view)?;
        Ok((Question { selection, zone, now, bucket, limit, view }, self.output()?))
    }

    fn output(&self) -> Result<Output, ParameterError> {
        let format = match self.find("format") {
            None | Some("json") => Format::Json,
            Some("csv") => Format::Csv,
            Some("ndjson") => Format::Ndjson,
            Some("parquet") => Format::Parquet,
            Some(other) => return Err(invalid("format", "json, csv, ndjson or parquet", other)),
        };
        let table = self.find("table").map(str::to_owned);
        Ok(Output { format, table, sql: self.yes("sql")?.unwrap_or_default() })
    }

    fn zone(&self) -> Result<Zone, ParameterError> {
        const EXPECTED: &str = "a time zone such as Europe/Berlin";
        let name = self.find("tz").unwrap_or("UTC");
        name.parse().map_err(|_| invalid("tz", EXPECTED, name))
    }

    /// The range: `from` and `to` are local days, of which `to` is the first that is not in it, or times in epoch ms.
    /// Without them it is the last 30 days with today.
    fn range(&self, zone: &Zone, now: i64) -> Result<(i64, i64), ParameterError> {
        let time = |name: &str| self.find(name).map(|text| read_time(name, text, zone)).transpose();
        let to = match time("to")? {
            Some(to) => to,
            None => zone.day(now).tomorrow().map_or(now, |day| zone.start(day)),
        };
        let from = match time("from")? {
            Some(from) => from,
            None => (0..30).try_fold(zone.day(to), |day, _| day.yesterday()).map_or(0, |day| zone.start(day)),
        };
        let text = || self.find("to").unwrap_or("today").to_owned();
        if from >= to {
            return Err(ParameterError::Invalid {
                name: "to".to_owned(),
                expected: "after `from`".to_owned(),
                value: text(),
            });
        }
        if to - from > DAYS * DAY_MS {
            let expected = format!("at most {DAYS} days after `from`");
            return Err(ParameterError::Invalid { name: "to".to_owned(), expected, value: text() });
        }
        Ok((from, to))
    }

    /// One filter for each column and direction, in the order of the columns.
    pub(super) fn filters(&self) -> Vec<TextFilter> {
        let all = Column::ALL.iter().flat_map(|column| [(*column, true), (*column, false)]);
        let filters = all.map(|(wanted, is)| {
            let values = self.0.iter().filter(|(name, _)| column(name) == Some((wanted, is)));
            let values = values.map(|(_, value)| (value != NONE).then(|| value.clone()));
            TextFilter { column: wanted, is, values: values.collect() }
        });
        filters.filter(|filter| !filter.values.is_empty()).collect()
    }

    /// One filter for each member of data and direction.
    pub(super) fn properties(&self) -> Vec<PropertyFilter> {
        let mut filters: Vec<PropertyFilter> = Vec::new();
        for (name, value) in &self.0 {
            let Some((name, is)) = member(name) else { continue };
            let value = (value != NONE).then(|| value.clone());
            match filters.iter_mut().find(|filter| filter.name == name && filter.is == is) {
                Some(filter) => filter.values.push(value),
                None => filters.push(PropertyFilter { name: name.to_owned(), is, values: vec![value] }),
            }
        }
        filters
    }

    fn number(&self, name: &'static str, default: usize, limit: usize) -> Result<usize, ParameterError> {
        let Some(text) = self.find(name) else { return Ok(default) };
        match text.parse() {
            Ok(number) if number <= limit => Ok(number),
            Ok(_) => Err(ParameterError::OverLimit { name, limit }),
            Err(_) => Err(invalid(name, "a whole number from 0", text)),
        }
    }

    pub(super) fn yes(&self, name: &str) -> Result<Option<bool>, ParameterError> {
        match self.find(name) {
            None => Ok(None),
            Some("yes") => Ok(Some(true)),
            Some("no") => Ok(Some(false)),
            Some(other) => Err(invalid(name, "yes or no", other)),
        }
    }

    pub(super) fn bots(&self) -> Result<BotFilter, ParameterError> {
        let Some(text) = self.find("bots") else { return Ok(BotFilter::default()) };
        BotFilter::read(text).ok_or_else(|| invalid("bots", BotFilter::EXPECTED, text))
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, ParameterError> {
        self.find(name).ok_or(ParameterError::Missing(name))
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// The value of a filter for events without the text.
const NONE: &str = "(none)";

/// The column of a filter, and whether its values are let through.
fn column(name: &str) -> Option<(Column, bool)> {
    let (name, is) = name.strip_prefix("not_").map_or((name, true), |name| (name, false));
    Column::ALL.iter().find(|column| column.name() == name).map(|column| (*column, is))
}

/// The member of data of a filter, and whether its values are let through.
fn member(name: &str) -> Option<(&str, bool)> {
    let (name, is) = name.strip_prefix("not_").map_or((name, true), |name| (name, false));
    funnel_step::property(name).map(|name| (name, is))
}

/// Whether a parameter is one of those whose number is bounded.
fn is_counted(name: &str) -> bool {
    column(name).is_some() || member(name).is_some() || name == "has"
}

fn read_time(name: &str, text: &str, zone: &Zone) -> Result<i64, ParameterError> {
    const EXPECTED: &str = "a day such as 2026-11-25, or a time in epoch ms";
    const END_OF_TIME: i64 = 1 << 48;
    if let Ok(ms) = text.parse::<i64>() {
        return if (0..END_OF_TIME).contains(&ms) { Ok(ms) } else { Err(invalid(name, EXPECTED, text)) };
    }
    let day = text.parse::<Day>().ok().and_then(|_| text.parse().ok());
    day.map(|day| zone.start(day)).ok_or_else(|| invalid(name, EXPECTED, text))
}

pub(super) fn invalid(name: &str, expected: &str, value: &str) -> ParameterError {
    let value = value.chars().take(100).collect();
    ParameterError::Invalid { name: name.to_owned(), expected: expected.to_owned(), value }
}
