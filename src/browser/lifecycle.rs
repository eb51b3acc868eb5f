//! What happens to the page: hidden, left, resized, navigated.

use super::{intake, page};
use crate::Input;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    fn listen(tell: &Closure<dyn Fn(u32)>);
}

thread_local! {
    /// Lives as long as the page does.
    static TELL: Closure<dyn Fn(u32)> = Closure::new(|what| {
        // A refusal says that there is no recorder any more.
        let _ = match what {
            0 => intake::take(Input::Leaving),
            1 => intake::with(|recorder, host| {
                host.screen = page::screen();
                recorder.on(Input::Resized, host)
            }),
            _ => intake::take(Input::Navigated),
        };
    });
}

/// From here on the recorder hears of it.
pub fn watch() {
    TELL.with(listen);
}
