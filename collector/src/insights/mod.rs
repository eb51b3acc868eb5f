//! Insights: typed questions about the events of a site, and their answers. Page, API and export use the same answers.
//!
//! In: a [`Question`] and the facts of a store. Out: an [`Answer`] of numbers and tables, each with a definition
//! ([`definitions`]). This module knows no database: it reads rows of [`crate::store::FactRows`]. What a question may
//! cost is bounded ([`Limits`]); beyond that it fails and says so, and never answers with a part.

mod answer;
mod autoplay;
mod calendar;
mod content;
pub mod definitions;
mod error;
pub mod export;
mod filters;
mod friction;
mod funnel;
mod goals;
mod group;
mod health;
mod ids;
mod kinds;
mod lists;
mod loss;
mod overview;
mod pages;
mod pattern;
mod people;
mod progress;
mod property;
mod question;
mod report;
mod retention;
mod row;
mod rows;
mod sessions;
pub mod shared;
mod statistics;
mod steps;
mod stream;
mod trend;
mod users;

pub use answer::{Answer, answer};
pub use calendar::{Bucket, Zone};
pub use error::InsightError;
pub use loss::Loss;
pub use question::{Funnel, FunnelStep, Goals, Limits, Order, Question, Unit, View};
pub use report::{Cell, Number, Report, Table};
