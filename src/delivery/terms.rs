//! Decisions of the rest of the recorder about sending and storing.

use crate::scope::Scope;
use crate::settings::batch_limits::BatchLimits;

/// Limits and permissions for delivery.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The site and its collector.
    pub scope: &'a Scope,
    /// The limits that close a batch.
    pub limits: &'a BatchLimits,
    /// Whether the collector belongs to the site's data centre.
    pub may_send: bool,
    /// Whether events may be stored for later pages.
    pub may_keep: bool,
}
