//! Insights: `GET /v1/insights/{view}` answers questions, `/insights` is the page that asks them.

pub(crate) mod api;
mod funnel_step;
pub(crate) mod index;
pub(crate) mod new_share;
mod output;
pub(crate) mod page;
pub(crate) mod parameters;
mod saved_query;
pub(crate) mod shared;
mod view;
