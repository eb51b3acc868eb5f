use crate::script::{Replaced, THROWS, js};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::clock;

fn is_near(now: i64) -> bool {
    (now as f64 - js("return Date.now()").as_f64().unwrap()).abs() < 1_000.0
}

#[wasm_bindgen_test]
fn the_time_does_not_follow_a_wall_clock_that_is_set() {
    assert!(is_near(clock::now()));
    let before = clock::now();
    let _set = Replaced::new("Date", "now", "() => 7");
    assert!(clock::now() - before < 1_000);
}

#[wasm_bindgen_test]
fn without_performance_now_the_wall_clock_counts() {
    for replacement in [THROWS, "() => undefined", "() => 'now'", "undefined"] {
        let _replaced = Replaced::new("performance", "now", replacement);
        assert!(is_near(clock::now()), "{replacement}");
    }
}
