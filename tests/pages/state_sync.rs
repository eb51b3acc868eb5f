//! The state of a user whom the site's server has signed follows them from one browser to another.

use crate::{call, open};
use serde_json::{Value, json};
use std::time::Duration;
use support::browser::Browser;
use support::until;
use support::world::{World, signature};

const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the page, on which the site says who the user is.
async fn open_as(user: &str, browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    call(browser, &format!("waymark('identify', '{user}', {{ signature: '{}' }})", signature(user))).await;
}

/// What the page remembers of the user, by kind and name.
async fn all(browser: &Browser) -> Value {
    let list = call(browser, "waymark('state.all')").await;
    let name = |entry: &Value| format!("{} {}", entry["kind"].as_str().unwrap(), entry["name"].as_str().unwrap());
    list.as_array().unwrap().iter().map(|entry| (name(entry), entry["value"].clone())).collect()
}

pub async fn two_browsers_of_one_user_end_with_the_same_state(one: &Browser, world: &World) {
    let other = Browser::open(one.engine).await;
    let (one, two) = (one, &other);
    open_as("ann", one, world).await;
    call(one, "waymark('state.set', 'walkthru', 7, 3)").await;
    call(one, "waymark('state.set', 'data', 'colour', { r: [1, ' \\n'] })").await;
    call(one, "waymark('state.set', 'data', 'size', 'xl')").await;
    one.goto(&world.page("pages/none")).await;

    // What one of them did is there in the other when the call is answered, once the collector has heard of it.
    let expected = json!({ "walkthru 7": 3, "data colour": { "r": [1, " \n"] }, "data size": "xl" });
    let seen = until(PATIENCE, async || {
        open_as("ann", two, world).await;
        (all(two).await == expected).then_some(())
    });
    assert!(seen.await.is_some(), "{}", all(two).await);

    // Both go on, neither knowing of the other.
    open_as("ann", one, world).await;
    call(one, "waymark('state.set', 'walkthru', 7, 5)").await;
    call(one, "waymark('state.remove', 'data', 'size')").await;
    call(two, "waymark('state.set', 'walkthru', 7, 4)").await;
    call(two, "waymark('state.set', 'task', 9, 2)").await;
    call(two, "waymark('state.set', 'data', 'colour', 'red')").await;
    let expected = json!({ "walkthru 7": 5, "data colour": "red", "task 9": 2 });
    let seen = until(PATIENCE, async || {
        for browser in [one, two] {
            browser.goto(&world.page("pages/none")).await;
            open_as("ann", browser, world).await;
        }
        (all(one).await == expected && all(two).await == expected).then_some(())
    });
    assert!(seen.await.is_some(), "{} {}", all(one).await, all(two).await);

    // Nobody else sees it.
    open_as("ben", two, world).await;
    assert_eq!(all(two).await, json!({}));
}

pub async fn a_wrong_signature_shares_no_state(browser: &Browser, world: &World) {
    open_as("ann", browser, world).await;
    call(browser, "waymark('state.set', 'task', 7, 1)").await;
    call(browser, "waymark('reset')").await;
    browser.goto(&world.page("pages/none")).await;
    browser.run("localStorage.clear()", &[]).await;
    for forged in [signature("ben"), "0".repeat(64), "nonsense".to_owned(), String::new()] {
        open(browser, world, "state.html", "{}").await;
        call(browser, &format!("waymark('identify', 'ann', {{ signature: '{forged}' }})")).await;
        assert_eq!(all(browser).await, json!({}), "{forged}");
    }
}
