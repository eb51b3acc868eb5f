//! What people save by name for a site's insights: segments, which are filters, and goals.

use serde::{Deserialize, Serialize};

/// Something that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The key of the site.
    pub site: String,
    /// What it is.
    pub kind: SavedKind,
    /// The name, which only one of a site and kind has.
    pub name: String,
    /// Its parameters, as a query string.
    pub query: String,
    /// When it was saved, epoch ms.
    pub at: i64,
}

/// What was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum SavedKind {
    /// Filters.
    Segment,
    /// Goals, with the content that may lead to them.
    Goals,
}

/// Most saved ones of a site.
pub const SAVED: usize = 200;

impl SavedKind {
    /// All kinds.
    pub const ALL: [SavedKind; 2] = [SavedKind::Segment, SavedKind::Goals];

    /// Its name in the store, and that of the parameter that uses it.
    pub fn name(self) -> &'static str {
        match self {
            SavedKind::Segment => "segment",
            SavedKind::Goals => "goals",
        }
    }

    /// The kind with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        SavedKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl TryFrom<String> for SavedKind {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        SavedKind::named(&name).ok_or("segment or goals")
    }
}
