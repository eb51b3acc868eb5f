//! The TOML document: parses it, and hands every line that is not TOML and the line of every key to [`Findings`].

use super::findings::Findings;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Parses `text`. Where it is not TOML the rest is there all the same.
pub(super) fn parse<'t>(text: &'t str, findings: &mut Findings) -> DeTable<'t> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let document = document.into_inner();
    let lines = Lines::of(text);
    // The first error of a line: the others follow from it.
    let mut wrong = Vec::new();
    for error in &errors {
        match error.span() {
            Some(span) => wrong.push((lines.line(span.start), error.message())),
            None => findings.add_unplaced_syntax(&format!("{}; a key has too many parts", error.message())),
        }
    }
    wrong.sort_by_key(|(line, _)| *line);
    wrong.dedup_by_key(|(line, _)| *line);
    for (line, message) in wrong {
        findings.add_syntax(lines.lost(line), lines.text(line), message);
    }
    note_table("", &document, &lines, findings);
    document
}

/// The full name of `key` in the table `parent`.
pub(super) fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}

/// The full name of an element of a list.
pub(super) fn element(list: &str, index: usize) -> String {
    format!("{list}[{index}]")
}

fn note_table(path: &str, table: &DeTable<'_>, lines: &Lines<'_>, findings: &mut Findings) {
    for (key, value) in table.iter() {
        // A table's key has the line of its last part, such as that of [sites.settings].
        let at = if value.get_ref().is_table() { value.span() } else { key.span() };
        let path = join(path, key.get_ref());
        findings.set_line(path.clone(), lines.line(at.start));
        note_value(&path, value, lines, findings);
    }
}

fn note_value(path: &str, value: &Spanned<DeValue<'_>>, lines: &Lines<'_>, findings: &mut Findings) {
    match value.get_ref() {
        DeValue::Table(table) => note_table(path, table, lines, findings),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = element(path, index);
                findings.set_line(path.clone(), lines.line(item.span().start));
                note_value(&path, item, lines, findings);
            }
        }
        _ => {}
    }
}

/// The lines of a text, from 1.
struct Lines<'t> {
    lines: Vec<&'t str>,
    /// Where each begins.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let starts = lines
            .iter()
            .scan(0, |next, line| {
                let start = *next;
                *next += line.len();
                Some(start)
            })
            .collect();
        Lines { lines, starts }
    }

    /// The line of a byte. The end of the text belongs to the last line.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    fn text(&self, line: usize) -> &'t str {
        self.lines.get(line - 1).copied().unwrap_or_default()
    }

    /// The lines whose meaning is lost where `line` is not TOML: below a header, all up to the next one.
    fn lost(&self, line: usize) -> std::ops::Range<usize> {
        let is_header = |line: usize| self.text(line).trim_start().starts_with('[');
        let end = match is_header(line) {
            true => (line + 1..=self.lines.len()).find(|next| is_header(*next)).unwrap_or(usize::MAX),
            false => line + 1,
        };
        line..end
    }
}
