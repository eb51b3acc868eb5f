//! Notices of erasures that sinks do not have yet.

use crate::store::{ErasureNotice, ErasureScope, ErasureSource, UserHash};
use std::collections::BTreeMap;

/// The notices of each sink, the oldest first.
#[derive(Default)]
pub(super) struct Notices {
    pub(super) by_sink: BTreeMap<String, Vec<ErasureNotice>>,
    /// The number of the last notice.
    last: i64,
}

impl Notices {
    /// Adds a notice for each sink. A later one about the same user replaces the earlier one: it says more.
    pub(super) fn add(&mut self, site: Option<&str>, id: &str, scope: ErasureScope, source: ErasureSource, time: i64) {
        let (site, user) = (site.map(str::to_owned), UserHash::of(id));
        for notices in self.by_sink.values_mut() {
            self.last += 1;
            notices.retain(|other| other.site != site || other.user != user || other.scope != scope);
            notices.push(ErasureNotice { number: self.last, site: site.clone(), user, scope, time, source });
        }
    }
}
