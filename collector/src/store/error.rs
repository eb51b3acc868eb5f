//! Failures of a store.

/// A failure of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The program ended during the read.
    #[error("interrupted")]
    Interrupted,
    /// A part of the facts cannot be read.
    #[error("a column of the facts is damaged: rebuild them")]
    Damaged,
    /// The file is another program's database.
    #[error("it is a database of something else")]
    Foreign,
    /// An older collector wrote the file, and it is opened to read only.
    #[error(
        "its schema is version {found}, and this collector knows {known}: start the collector once, \
         which brings it there"
    )]
    Older {
        /// The file's version.
        found: i64,
        /// The newest version of this collector.
        known: i64,
    },
    /// A newer collector wrote the file.
    #[error("its schema is version {found}, and this collector knows {known}: a newer collector wrote it")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest version of this collector.
        known: i64,
    },
    /// ClickHouse cannot be reached, or refused.
    #[error("ClickHouse: {0}")]
    ClickHouse(String),
    /// ClickHouse refuses rows for what is in them: the same rows are refused every time.
    #[error("ClickHouse refuses the rows: {reason}")]
    Refused {
        /// ClickHouse's number of the error.
        code: u32,
        /// What ClickHouse says. It may have parts of the rows.
        reason: String,
    },
    /// ClickHouse has no schema, or one of an older collector.
    #[error(
        "its schema is version {found}, and this collector needs {known}: run `waymark-collector check --apply`, \
         which makes it"
    )]
    ClickHouseOlder {
        /// The version that was found; 0 is none.
        found: u32,
        /// The version of this collector.
        known: u32,
    },
    /// A newer collector made the schema in ClickHouse.
    #[error(
        "its schema is version {found}, and this collector knows {known}: a newer collector made it; update this one"
    )]
    ClickHouseNewer {
        /// The version that was found.
        found: u32,
        /// The version of this collector.
        known: u32,
    },
}
