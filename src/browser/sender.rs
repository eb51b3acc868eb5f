//! Sends batches, takes turns with other tabs, and tells the loader of flushes that are done. All of it is noted down by
//! the glue until [`carry_out`]: what it calls is the page's (it may have replaced `fetch`) and may call the recorder.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    /// Notes down to send the batch with that number; as the page is `leaving`, without any delay.
    pub fn post(number: u32, body: &str, leaving: bool);
    /// Notes down to have the browser send `body` should the page end without being told; none, where it is empty.
    #[wasm_bindgen(js_name = postAtTheEnd)]
    pub fn post_at_the_end(body: &str);
    /// Notes down to tell when the page has nothing else to do.
    #[wasm_bindgen(js_name = whenIdle)]
    pub fn when_idle();
    /// Notes down to tell the collector of the user's state.
    pub fn share(number: u32, body: &str);
    /// Notes down to ask the collector to erase what `body` says, once every batch on its way has been answered.
    pub fn forget(body: &str);
    /// Notes down to be the only one for a moment among the tabs that ask for the lock.
    #[wasm_bindgen(js_name = takeTurn)]
    pub fn take_turn(lock: &str);
    /// Notes down to tell the loader that the flushes are done: everything arrived, or what the trouble was.
    pub fn settle(trouble: &str);
    /// Does what was noted down. The recorder must not be borrowed.
    #[wasm_bindgen(js_name = carryOut)]
    pub fn carry_out();
}
