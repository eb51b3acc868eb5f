//! A column of a row group: its different values, and which of them each row has.

use std::collections::HashMap;
use std::hash::Hash;

/// A column. Equal values have one code.
#[derive(Clone, Debug)]
pub struct Column<T> {
    values: Vec<Option<T>>,
    codes: Vec<u32>,
    /// The codes of the values, while rows are added.
    known: HashMap<Option<T>, u32>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { values: Vec::new(), codes: Vec::new(), known: HashMap::new() }
    }
}

impl<T: Copy + Eq + Hash> Column<T> {
    /// Empties the column, and gives its values and codes to be filled.
    pub(super) fn start(&mut self) -> (&mut Vec<Option<T>>, &mut Vec<u32>) {
        self.values.clear();
        self.codes.clear();
        self.known.clear();
        (&mut self.values, &mut self.codes)
    }

    /// Fills the column anew.
    #[cfg(feature = "clickhouse")]
    pub(in crate::store) fn fill(&mut self, values: impl Iterator<Item = Option<T>>) {
        self.start();
        values.for_each(|value| self.push(value));
    }

    pub(super) fn push(&mut self, value: Option<T>) {
        // Many columns have the same value in most of their rows.
        let last = self.codes.last().copied().filter(|code| self.values.get(*code as usize) == Some(&value));
        let code = last.unwrap_or_else(|| {
            let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            *self.known.entry(value).or_insert_with(|| {
                self.values.push(value);
                next
            })
        });
        self.codes.push(code);
    }

    /// The different values, in the order of their codes. `None` is a row without the text.
    pub fn values(&self) -> &[Option<T>] {
        &self.values
    }

    /// The code of each row.
    pub(super) fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The code of a row: the place of its value. `None` if the column is not read.
    pub fn code(&self, row: usize) -> Option<usize> {
        self.codes.get(row).map(|code| *code as usize)
    }

    /// The value of a row. `None` also if the column is not read.
    pub fn get(&self, row: usize) -> Option<T> {
        self.code(row).and_then(|code| self.values.get(code).copied().flatten())
    }
}
