//! The border of the code of level 2. The build cuts the recorder's wasm here: what only [`Part`] reaches is a file of
//! its own, which [`load`] loads. Tests of the browser edge run the recorder in one piece.

use super::listening;
use crate::capture::Rules;
use wasm_bindgen::JsValue;

/// What the code of level 2 does.
#[derive(Clone, Copy)]
pub struct Part {
    /// Captures by these rules from now on; `None`: nothing.
    pub set_rules: fn(Option<Rules>),
    /// Notes that the page has done something.
    pub answer: fn(),
    /// Records what is not recorded yet.
    pub leave: fn(),
    /// What a click on the element would record now, as a value of the page; `None` if nothing is captured.
    pub explain: fn(&JsValue) -> Option<JsValue>,
}

const PART: Part = Part {
    set_rules: listening::set_rules,
    answer: listening::answer,
    leave: listening::leave,
    explain: listening::explain,
};

/// The file could not be loaded.
pub struct NotLoaded;

/// Loads the code of level 2.
#[cfg(not(split))]
pub async fn load() -> Result<Part, NotLoaded> {
    Ok(PART)
}

#[cfg(split)]
pub use split::load;

/// The wasm in two files.
#[cfg(split)]
mod split {
    use super::{NotLoaded, PART, Part};
    use crate::browser::request;
    use wasm_bindgen::prelude::*;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_bindgen(raw_module = "./part.js")]
    extern "C" {
        /// The file's path at the collector; `None` where the code is in this very file.
        fn path() -> Option<String>;
        /// The file's hash, as `fetch` checks it.
        fn integrity() -> String;
        /// Hands over the file's content.
        fn offer(content: &JsValue);
    }

    impl From<SplitLoaderError> for NotLoaded {
        fn from(_: SplitLoaderError) -> Self {
            NotLoaded
        }
    }

    /// Loads the code of level 2 from the collector.
    pub async fn load() -> Result<Part, NotLoaded> {
        if let Some(path) = path() {
            offer(&request::get_file(&path, &integrity()).await.map_err(|_| NotLoaded)?);
        }
        part().await
    }

    #[wasm_split(capture, fallible)]
    fn part() -> Result<Part, NotLoaded> {
        Ok(PART)
    }
}
