//! What the rest of the recorder decides over sending and storing.

use crate::scope::Scope;
use crate::settings::batch_limits::BatchLimits;

/// What delivery may do now.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The site and its collector.
    pub scope: &'a Scope,
    /// When a batch is full.
    pub limits: &'a BatchLimits,
    /// Whether the collector is the site's.
    pub may_send: bool,
    /// Whether events may be stored beyond the page.
    pub may_keep: bool,
}
