//! Sends batches, and tells the loader of flushes that are done. Both are noted down by the glue until
//! [`carry_out`]: what they call is the page's (it may have replaced `fetch`) and may call the recorder.
//! The answers arrive by [`super::lifecycle`].

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    /// Notes down to send the batch with that number.
    pub fn post(number: u32, body: &str);
    /// Notes down to tell the loader that the flushes are done: everything arrived, or what the trouble was.
    pub fn settle(trouble: &str);
    /// Does what was noted down. The recorder must not be borrowed.
    #[wasm_bindgen(js_name = carryOut)]
    pub fn carry_out();
}
