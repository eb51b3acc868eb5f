//! What is wrong with a setting.

/// A wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's dotted name.
    pub name: String,
    /// The allowed values, as the continuation of the name: `must be true or false`.
    pub must_be: &'static str,
}

impl Problem {
    /// A problem of the setting `name`.
    pub fn new(name: &str, must_be: &'static str) -> Self {
        Problem { name: name.to_owned(), must_be }
    }

    /// A message for the site's developer: `level must be a whole number from 0 to 3`.
    pub fn message(&self) -> String {
        [&*self.name, " ", self.must_be].concat()
    }
}
