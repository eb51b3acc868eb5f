//! A versioned entry and its merge.

/// A versioned entry, which several browsers may share. Merging is commutative, associative and idempotent: all
/// browsers that merge each other's entries end with the same entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The number of times that the entry was removed. A removal increments it. Only the entry with the higher version
    /// counts.
    pub version: u32,
    /// When the entry was first set (kind `data`: last set), or removed, epoch ms.
    pub at: i64,
    /// When the entry expires, epoch ms. For a removal: when no browser can have the removed entry any more.
    pub expires: i64,
    /// A whole number; for kind `data` any JSON. `None` if the entry was removed.
    pub value: Option<String>,
}

impl Versioned {
    /// Merges two versions of an entry. The higher version wins. Within a version, a value wins over a removal, the
    /// larger number wins, and for kind `data` the later value wins.
    #[must_use]
    pub fn merged(self, other: Versioned, kind: &str) -> Versioned {
        if self.version != other.version || self.value.is_some() != other.value.is_some() {
            let is_newer = (self.version, self.value.is_some()) > (other.version, other.value.is_some());
            return if is_newer { self } else { other };
        }
        let is_data = kind == "data" && self.value.is_some();
        let (first, last) = (self.at.min(other.at), self.expires.max(other.expires));
        // If two values were set in the same millisecond, every browser chooses the same one.
        let how_far = |it: &Versioned| {
            if is_data { Some(it.at) } else { it.value.as_deref().and_then(|value| value.parse().ok()) }
        };
        let is_further = (how_far(&self), &self.value) > (how_far(&other), &other.value);
        let mut merged = if is_further { self } else { other };
        merged.expires = last;
        if !is_data {
            merged.at = first;
        }
        merged
    }

    /// Whether merging this entry into `there` has no effect, because `there` belongs to a newer version.
    pub fn is_stale(&self, there: &Versioned) -> bool {
        self.version < there.version || (self.version == there.version && self.value.is_none() && there.value.is_some())
    }
}
