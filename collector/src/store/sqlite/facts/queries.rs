//! SQL that counts a number of a view over the view `insights`, for people who want to check it. A test compares each
//! with the number.

use crate::store::{BotFilter, Selection, TextFilter};

/// Sessions are at most this long, so that those that began in a range are in it or close to it.
const SESSION_MS: i64 = 43_200_000;

/// The numbers: `{rows}` are the events of the range, `{near}` those of the range and 12 hours around it, with whether
/// the filters let them through as `lets`.
const QUERIES: [(&str, &str); 12] = [
    ("overview.users", "SELECT count(DISTINCT person) FROM {rows}"),
    ("overview.sessions", "SELECT count(*) FROM {sessions}"),
    ("overview.page_views", "SELECT count(*) FROM {rows} AND type = 'pageView'"),
    ("overview.plays", "SELECT count(*) FROM {plays}"),
    ("overview.completed_plays", "SELECT count(*) FROM {plays} AND completed"),
    ("overview.goals", "SELECT count(*) FROM {rows} AND type = 'goal'"),
    ("overview.events", "SELECT count(*) FROM {rows}"),
    ("sessions.sessions", "SELECT count(*) FROM {sessions}"),
    ("sessions.users", "SELECT count(DISTINCT person) FROM {sessions}"),
    ("sessions.total_duration", "SELECT sum(last - start) FROM {sessions}"),
    ("users.users", "SELECT count(DISTINCT person) FROM {rows}"),
    ("pages.page_views", "SELECT count(*) FROM {rows} AND type = 'pageView'"),
];

pub(super) fn sql(name: &str, selection: &Selection) -> Option<String> {
    // The view has no data.
    if !selection.properties.is_empty() {
        return None;
    }
    let (_, query) = QUERIES.iter().find(|(of, _)| *of == name)?;
    let of = |from: i64, to: i64| {
        let bots = match selection.bots {
            BotFilter::Include => "",
            BotFilter::Exclude => " AND NOT bot",
            BotFilter::Only => " AND bot",
        };
        let (site, env) = (text(&selection.site), selection.env);
        format!("insights WHERE site = {site} AND env = {env}{bots} AND time >= {from} AND time < {to}")
    };
    let Selection { from, to, .. } = *selection;
    let near = of(from.saturating_sub(SESSION_MS), to.saturating_add(SESSION_MS));
    let lets = lets(selection, &near);
    let sessions = format!(
        "(SELECT session, min(time) AS start, max(time) AS last, max({lets}) AS lets,
    (SELECT person FROM {near} AND session = near.session AND person IS NOT NULL
        ORDER BY time DESC, n DESC LIMIT 1) AS person
  FROM (SELECT * FROM {near}) AS near WHERE session IS NOT NULL GROUP BY session)
  WHERE start >= {from} AND start < {to} AND lets"
    );
    let plays = format!(
        "(SELECT coalesce(play, n) AS play, min(CASE WHEN type IN ('play', 'open') THEN time END) AS start,
    max(type IN ('complete', 'submit')) AS completed, max({lets}) AS lets
  FROM {near} AND content IS NOT NULL GROUP BY coalesce(play, n))
  WHERE start >= {from} AND start < {to} AND lets"
    );
    let rows = format!("{} AND {lets}", of(from, to));
    Some(query.replace("{rows}", &rows).replace("{sessions}", &sessions).replace("{plays}", &plays))
}

/// Whether the filters let an event through, as an expression. `near` are the events in which sessions are looked for.
fn lets(selection: &Selection, near: &str) -> String {
    let Selection { mobile, identified, filters, has, .. } = selection;
    let mut all = vec!["1".to_owned()];
    all.extend(filters.iter().map(filter));
    all.extend(mobile.map(|mobile| format!("mobile IS {}", u8::from(mobile))));
    all.extend(identified.map(|identified| format!("identified = {}", u8::from(identified))));
    if !has.is_empty() {
        let types: Vec<_> = has.iter().map(|kind| text(kind)).collect();
        all.push(format!("session IN (SELECT session FROM {near} AND type IN ({}))", types.join(", ")));
    }
    format!("({})", all.join(" AND "))
}

fn filter(TextFilter { column, is, values }: &TextFilter) -> String {
    let name = column.name();
    let one = |value: &Option<String>| match value {
        None => format!("{name} IS NULL"),
        Some(value) if column.is_pattern(value) => format!("{name} GLOB {}", text(&glob(value))),
        Some(value) => format!("{name} IS {}", text(value)),
    };
    let any: Vec<_> = values.iter().map(one).collect();
    let any = format!("coalesce({}, 0)", any.join(" OR "));
    if *is { any } else { format!("NOT {any}") }
}

/// Only `*` is special in a pattern of ours.
fn glob(pattern: &str) -> String {
    pattern.chars().fold(String::new(), |glob, char| match char {
        '?' | '[' => glob + "[" + char.encode_utf8(&mut [0; 4]) + "]",
        _ => glob + char.encode_utf8(&mut [0; 4]),
    })
}

/// A text as SQL writes it. SQLite ends a text at a NUL.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Column;

    #[test]
    fn no_text_ends_before_its_quote() {
        let site = "x' OR 1; DROP TABLE events; --".to_owned();
        let filter = TextFilter { column: Column::Path, is: false, values: vec![Some("/a['?*".to_owned()), None] };
        let sql = sql("overview.events", &Selection { site, filters: vec![filter], ..Selection::default() }).unwrap();
        assert!(sql.contains("site = 'x'' OR 1; DROP TABLE events; --' AND"), "{sql}");
        assert!(sql.contains("NOT coalesce(path GLOB '/a[[]''[?]*' OR path IS NULL, 0)"), "{sql}");
    }
}
