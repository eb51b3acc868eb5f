//! A table as CSV, as JSON lines or as Parquet. CSV is RFC 4180 in UTF-8. Spreadsheets take a cell that begins with `=`, `+`, `-`,
//! `@`, a tab or a line break for a formula, so such a text gets a `'` before it.

mod parquet;

pub use parquet::parquet;

use super::calendar::Zone;
use super::definitions::{Unit, find};
use super::report::{Cell, Table};
use serde_json::{Map, Value};

/// The table as CSV. Times are ISO 8601 in `zone`, durations are seconds.
pub fn csv(view: &str, table: &Table, zone: &Zone) -> String {
    let mut text = line(table.columns.iter().map(|column| column.to_string()));
    for row in &table.rows {
        let cells = row.iter().zip(&table.columns);
        text.push_str(&line(cells.map(|(cell, column)| csv_cell(cell, find(view, column).map(|of| of.unit), zone))));
    }
    if table.total > table.rows.len() {
        text.push_str(&line([format!("cut: {} of {} rows", table.rows.len(), table.total)].into_iter()));
    }
    text
}

fn csv_cell(cell: &Cell, unit: Option<Unit>, zone: &Zone) -> String {
    match (cell, unit) {
        (Cell::None, _) => String::new(),
        (Cell::Whole(ms), Some(Unit::Time)) => zone.text(*ms),
        (Cell::Whole(ms), Some(Unit::Duration)) => (*ms as f64 / 1_000.0).to_string(),
        (Cell::Real(ms), Some(Unit::Duration)) => (ms / 1_000.0).to_string(),
        (Cell::Whole(number), _) => number.to_string(),
        (Cell::Real(number), _) => number.to_string(),
        (Cell::Text(text), _) => safe(text),
    }
}

/// A text that no spreadsheet takes for a formula, without NUL.
fn safe(text: &str) -> String {
    let text = text.replace('\0', "\u{fffd}");
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text,
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| match cell.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

/// The table as JSON lines, an object for each row. Times are epoch ms, durations ms.
pub fn ndjson(table: &Table) -> String {
    let mut text = String::new();
    for row in &table.rows {
        let cells = table.columns.iter().zip(row);
        let object: Map<String, Value> = cells
            .map(|(name, cell)| {
                let value = match cell {
                    Cell::None => Value::Null,
                    Cell::Whole(number) => (*number).into(),
                    Cell::Real(number) => (*number).into(),
                    Cell::Text(text) => text.as_str().into(),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        text.push_str(&Value::Object(object).to_string());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    // I13
    #[test]
    fn no_cell_is_a_formula_and_no_line_breaks() {
        let mut table = Table::new("contents", &["name", "plays", "median_time"]);
        for (name, plays) in [("=HYPERLINK(\"x\")", 1_i64), ("a\0b\n,", 2), ("🖕", 3), ("-1", -1)] {
            table.add(vec![name.into(), plays.into(), Cell::Real(1_500.0)]);
        }
        table.total = 9;
        let expected = "name,plays,median_time\r\n\"'=HYPERLINK(\"\"x\"\")\",1,1.5\r\n\"a\u{fffd}b\n,\",2,1.5\r\n\
                        🖕,3,1.5\r\n'-1,-1,1.5\r\ncut: 4 of 9 rows\r\n";
        assert_eq!(csv("contents", &table, &Zone::utc()), expected);
        let lines = ndjson(&table);
        assert_eq!(lines.lines().count(), 4);
        assert!(lines.contains(r#""name":"a\u0000b\n,""#), "{lines}");
    }
}
