//! The form of all answers: numbers and tables. The definitions have their titles, units and meanings.

use serde::Serialize;

/// Numbers and tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Single numbers.
    pub numbers: Vec<Number>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// A number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Its name in the definitions.
    pub name: &'static str,
    /// The value.
    pub value: Cell,
    /// The value of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Cell>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Its name in the definitions.
    pub name: &'static str,
    /// The columns' names in the definitions.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that there are. More than `rows` has if the table was cut.
    pub total: usize,
}

/// A value. `None` is no data, which is another thing than 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// No data.
    None,
    /// A count, a time in epoch ms, or a duration in ms.
    Whole(i64),
    /// A ratio or a mean.
    Real(f64),
    /// A text.
    Text(String),
}

impl Report {
    pub(super) fn number(&mut self, name: &'static str, value: impl Into<Cell>) {
        self.numbers.push(Number { name, value: value.into(), before: None });
    }

    /// The value of a number.
    pub fn value(&self, name: &str) -> Option<&Cell> {
        self.numbers.iter().find(|number| number.name == name).map(|number| &number.value)
    }

    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    pub(super) fn new(name: &'static str, columns: &[&'static str]) -> Self {
        Table { name, columns: columns.to_vec(), rows: Vec::new(), total: 0 }
    }

    pub(super) fn add(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
        self.total = self.total.max(self.rows.len());
    }

    /// Keeps the first `limit` rows.
    pub(super) fn cut(mut self, limit: usize) -> Self {
        self.total = self.total.max(self.rows.len());
        self.rows.truncate(limit);
        self
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Whole(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        if number.is_finite() { Cell::Real(number) } else { Cell::None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::None, Into::into)
    }
}
