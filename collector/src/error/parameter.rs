//! What is wrong with a query string. The endpoints' parameters derive `Deserialize`, which reports these errors.

use serde::de::{Error, Expected, Unexpected};
use std::fmt::Display;

/// What is wrong with a query string.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParameterError {
    /// No parameter has this name.
    #[error("`{name}` is no parameter; {}", there_are(allowed))]
    Unknown {
        /// The name in the query string.
        name: String,
        /// The parameters that the endpoint has.
        allowed: &'static [&'static str],
    },
    /// A required parameter is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A parameter is given twice.
    #[error("`{0}` is there twice")]
    Twice(&'static str),
    /// A parameter has a value that is not allowed.
    #[error("`{name}` must be {expected}, and is `{value}`")]
    Invalid {
        /// The parameter.
        name: String,
        /// What it may be.
        expected: String,
        /// What it is.
        value: String,
    },
    /// A number is over its limit.
    #[error("`{name}` can be at most {limit}")]
    OverLimit {
        /// The parameter.
        name: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Only one of two parameters may be given.
    #[error("`{0}` and `{1}` exclude each other")]
    Exclusive(&'static str, &'static str),
    /// The question costs more than is allowed.
    #[error("{0}")]
    TooCostly(String),
    /// What the value of a parameter must be; the query reader adds name and value.
    #[error("a parameter must be {0}")]
    Expected(String),
}

impl Error for ParameterError {
    fn custom<T: Display>(expected: T) -> Self {
        ParameterError::Expected(expected.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Error::custom(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Error::custom(expected)
    }

    fn unknown_field(name: &str, allowed: &'static [&'static str]) -> Self {
        ParameterError::Unknown { name: name.to_owned(), allowed }
    }

    fn missing_field(name: &'static str) -> Self {
        ParameterError::Missing(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        ParameterError::Twice(name)
    }
}

fn there_are(names: &[&str]) -> String {
    match names {
        [] => "there is none".to_owned(),
        [name] => format!("there is {name}"),
        [names @ .., last] => format!("there are {} and {last}", names.join(", ")),
    }
}
