//! Which events a question is about: a site's environment, a range of time, and filters. Filters of one column with
//! several values let each of them through; all filters must let an event through.

use crate::store::BotFilter;

/// The events of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The site's key.
    pub site: String,
    /// The environment.
    pub env: u32,
    /// First time, epoch ms.
    pub from: i64,
    /// End: events before this time, epoch ms.
    pub to: i64,
    /// Whether bots count.
    pub bots: BotFilter,
    /// Only phones, or only others.
    pub mobile: Option<bool>,
    /// Only identified users, or only others.
    pub identified: Option<bool>,
    /// Filters of texts.
    pub filters: Vec<TextFilter>,
    /// Filters of members of the events' data.
    pub properties: Vec<PropertyFilter>,
    /// Only sessions that have an event of one of these types.
    pub has: Vec<String>,
}

/// A filter of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFilter {
    /// What is looked at.
    pub column: Column,
    /// Whether the values are let through, or all others.
    pub is: bool,
    /// The values; `None` is an event without this text, which is another thing than an empty text.
    pub values: Vec<Option<String>>,
}

/// A filter of a member of an event's data. Facts have no data, so it is read of each event that the other filters let
/// through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyFilter {
    /// The member, with the names of the objects it is in before it: `cart.total`.
    pub name: String,
    /// Whether the values are let through, or all others.
    pub is: bool,
    /// The values, as texts; `None` is an event without the member, or with one that is no text, number or boolean.
    pub values: Vec<Option<String>>,
}

/// A text that a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The event's type.
    Type,
    /// The page's path; `*` in a value stands for any text.
    Path,
    /// The number of the guidance content.
    Content,
    /// The version of the content.
    Version,
    /// The country.
    Country,
    /// The browser.
    Browser,
    /// The operating system.
    Os,
}

impl Column {
    /// All columns.
    pub const ALL: [Column; 7] =
        [Column::Type, Column::Path, Column::Content, Column::Version, Column::Country, Column::Browser, Column::Os];

    /// The name of its parameter.
    pub fn name(self) -> &'static str {
        match self {
            Column::Type => "type",
            Column::Path => "path",
            Column::Content => "content",
            Column::Version => "content_version",
            Column::Country => "country",
            Column::Browser => "browser",
            Column::Os => "os",
        }
    }

    /// Whether `value` is a pattern.
    pub fn is_pattern(self, value: &str) -> bool {
        self == Column::Path && value.contains('*')
    }
}
