//! A table of the file while it is read. Each key is read on its own, so that a wrong one does not hide the next: its
//! mistake goes to [`Findings`], and a default takes its place until all is read.

use super::document::{element, join};
use super::findings::Findings;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// What a text must be.
pub(super) const TEXT: &str = "must be a text in quotes";
/// What a path must be.
pub(super) const PATH: &str = "must be a path in quotes";
/// What a boolean must be.
pub(super) const BOOLEAN: &str = "must be true or false";

/// A table. A key that was not asked for is unknown.
pub(super) struct Table<'t> {
    path: &'t str,
    entries: &'t DeTable<'t>,
    known: Vec<&'static str>,
    findings: &'t mut Findings,
}

impl Table<'_> {
    /// Reads the table `entries`, whose full name is `path`, with `read`, and adds its unknown keys to `findings`.
    pub(super) fn read<T>(
        path: &str,
        entries: &DeTable<'_>,
        findings: &mut Findings,
        read: impl FnOnce(&mut Table<'_>) -> T,
    ) -> T {
        let mut table = Table { path, entries, known: Vec::new(), findings };
        let value = read(&mut table);
        let known = table.known;
        for key in entries.keys().map(Spanned::get_ref) {
            if !known.iter().any(|known| known == key) {
                findings.add(&join(path, key), format!("unknown key; the keys here are {}", known.join(", ")));
            }
        }
        value
    }
}

impl<'t> Table<'t> {
    /// The value of a key. What cannot be a `T` is a mistake, which says what it `must_be`.
    pub(super) fn value<T: DeserializeOwned>(&mut self, key: &'static str, must_be: &str) -> Option<T> {
        let (path, value) = self.entry(key)?;
        read_value(&path, value, must_be, self.findings)
    }

    /// The value of a key that must be there.
    pub(super) fn required<T: DeserializeOwned + Default>(&mut self, key: &'static str, must_be: &str) -> T {
        if !self.entries.contains_key(key) {
            self.findings.add_missing(&join(self.path, key), must_be);
        }
        self.value(key, must_be).unwrap_or_default()
    }

    /// The values of a list. `None` stands for a wrong one, so that the others keep their places.
    pub(super) fn list<T: DeserializeOwned>(&mut self, key: &'static str, must_be: &str) -> Vec<Option<T>> {
        let Some((path, value)) = self.entry(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.findings.add(&path, format!("must be a list in [ ], each of which {must_be}"));
            return Vec::new();
        };
        let read = |(index, item)| read_value(&element(&path, index), item, must_be, self.findings);
        items.iter().enumerate().map(read).collect()
    }

    /// The values of a table whose keys are free.
    pub(super) fn map<T: DeserializeOwned>(&mut self, key: &'static str, must_be: &str) -> BTreeMap<String, T> {
        let Some((path, entries)) = self.entry_table(key) else { return BTreeMap::new() };
        let mut values = BTreeMap::new();
        for (key, value) in entries.iter() {
            if let Some(value) = read_value(&join(&path, key.get_ref()), value, must_be, self.findings) {
                values.insert(key.get_ref().to_string(), value);
            }
        }
        values
    }

    /// The table of a key, read with `read`.
    pub(super) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Table<'_>) -> T) -> Option<T> {
        let (path, entries) = self.entry_table(key)?;
        Some(Table::read(&path, entries, self.findings, read))
    }

    /// The tables of a key such as `[[sites]]`, each read with `read`.
    pub(super) fn tables<T>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> T) -> Vec<T> {
        let Some((path, value)) = self.entry(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.findings.add(&path, format!("must be a list of tables: write [[{key}]] above each"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = element(&path, index);
            match item.get_ref().as_table() {
                Some(entries) => tables.push(Table::read(&path, entries, self.findings, &read)),
                None => {
                    self.findings.add(&path, "must be a table");
                    // The tables after it keep their places.
                    tables.push(Table::read(&path, &DeTable::new(), &mut Findings::default(), &read));
                }
            }
        }
        tables
    }

    /// The value of a key as it stands in the file, with its full name.
    pub(super) fn entry(&mut self, key: &'static str) -> Option<(String, &'t Spanned<DeValue<'t>>)> {
        self.known.push(key);
        self.entries.get(key).map(|value| (join(self.path, key), value))
    }

    /// Adds a mistake for a key of another place, if it is here.
    pub(super) fn misplaced(&mut self, key: &str, reason: &str) {
        if self.entries.contains_key(key) {
            self.findings.add(&join(self.path, key), reason);
        }
    }

    /// Where mistakes go.
    pub(super) fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    fn entry_table(&mut self, key: &'static str) -> Option<(String, &'t DeTable<'t>)> {
        let (path, value) = self.entry(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.findings.add(&path, "must be a table");
        }
        table.map(|table| (path, table))
    }
}

/// The reason is never serde's: it would repeat the value, which may be a secret.
fn read_value<T: DeserializeOwned>(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    must_be: &str,
    findings: &mut Findings,
) -> Option<T> {
    let read = T::deserialize(ValueDeserializer::from(value.clone())).ok();
    if read.is_none() {
        findings.add(path, must_be);
    }
    read
}
