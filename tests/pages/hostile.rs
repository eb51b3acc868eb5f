//! Pages that stand in the recorder's way.

use super::*;
use support::world::kind;

/// One after the other is replaced by what throws, for long enough that timers and idle time come; meanwhile the page
/// records, navigates, is resized and flushes.
const REPLACE_EACH: &str = "(async () => {
    const later = setTimeout;
    const pause = () => new Promise((over) => later(over, 60));
    const members = [
      [performance, 'now'], [Date, 'now'], [console, 'warn'], [window, 'fetch'], [window, 'fetchLater'],
      [window, 'requestIdleCallback'], [window, 'setTimeout'], [window, 'clearTimeout'], [window, 'CompressionStream'],
      [window, 'AbortController'], [window, 'URLSearchParams'], [window, 'encodeURIComponent'], [window, 'Response'],
      [Document.prototype, 'title'], [Document.prototype, 'cookie'], [Document.prototype, 'visibilityState'],
      [Document.prototype, 'querySelector'], [Navigator.prototype, 'locks'], [Storage.prototype, 'getItem'],
      [Storage.prototype, 'setItem'], [Storage.prototype, 'removeItem'], [Reflect, 'get'], [Reflect, 'apply'],
    ].filter(([owner, name]) => name in owner);
    for (const [at, [owner, name]] of members.entries()) {
      const before = Object.getOwnPropertyDescriptor(owner, name);
      const thrower = () => { throw new Error(name + ' of the page') };
      const isAccessor = before && before.get;
      Object.defineProperty(owner, name,
        isAccessor ? { get: thrower, set: thrower, configurable: true } : { value: thrower, configurable: true, writable: true });
      const calls = [waymark('record', 'marked', { name: at + name }), waymark('flush')];
      dispatchEvent(new Event('resize'));
      dispatchEvent(new Event('online'));
      dispatchEvent(new StorageEvent('storage', { key: 'other' }));
      document.dispatchEvent(new Event('visibilitychange'));
      history.pushState({}, '', '#' + name);
      await pause();
      if (before) Object.defineProperty(owner, name, before);
      else delete owner[name];
      const [recorded] = await Promise.all(calls);
      if (!recorded.ok) throw at + name + ': ' + recorded.error;
    }
    return members.map(([, name], at) => at + name);
  })()";

pub async fn functions_of_the_page_that_throw_stop_nothing(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/inline.html")).await;
    flush(browser).await;
    let names = browser.promised(REPLACE_EACH).await;
    let names: Vec<&str> = names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    flush(browser).await;
    let marked = |events: &[Value]| -> Vec<String> {
        let marks = events.iter().filter(|event| kind(event) == "marked");
        let mut names: Vec<String> = marks.map(|event| event["data"]["name"].as_str().unwrap().to_owned()).collect();
        names.dedup();
        names
    };
    let events = world.wait_for(|events| marked(events).len() >= names.len()).await;
    assert_eq!(marked(&events), names);
    assert_eq!(wrong(browser).await, json!([]));
}

/// What makes IDs throws while the recorder makes one: nothing can be made of that.
const END_IT: &str = "(async () => {
    Crypto.prototype.getRandomValues = () => { throw new Error('of the page') };
    history.pushState({}, '', 'ended.html');
    await new Promise((over) => setTimeout(over, 60));
    const calls = [waymark('record', 'marked'), waymark('flush'), waymark('inspect'), waymark('reset'), waymark('stop')];
    return (await Promise.all(calls)).map(({ ok, error }) => ok + ' ' + /the recorder failed/.test(error));
  })()";

pub async fn after_an_exception_every_call_is_answered(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/inline.html")).await;
    flush(browser).await;
    let answers = browser.promised(END_IT).await;
    assert_eq!(answers, json!(["false true", "false true", "false true", "false true", "false true"]));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn elements_that_shadow_document_members_have_no_effect(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/shadowed.html")).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["ctx"]["title"], "Shadowed");
    let cookies = "return Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').get.call(document)";
    let cookies = browser.run(cookies, &[]).await;
    assert!(cookies.as_str().unwrap().contains("wm-euid.demo="), "{cookies}");
    assert_eq!(wrong(browser).await, json!([]));
}
