// The recorder's script, around the wasm (`cargo xtask build`): starts the wasm, and hands over the calls that the page has
// queued and its later calls. Nothing here may throw into the page. `waymark-bindings` is what wasm-bindgen wrote, and
// `waymark-code` is wasm.js or compat.js.
import * as recorder from 'waymark-bindings';
import { code, isReplaced } from 'waymark-code';
import { settleAll, unusable } from './intrinsics.js';
import { loadOverlay, takeToken } from './overlay-link.js';
import { stub } from './stub.js';

const commands = {
  __proto__: null,
  init: recorder.init,
  record: recorder.record,
  identify: recorder.identify,
  reset: recorder.reset,
  flush: recorder.flush,
  consent: recorder.consent,
  level: recorder.level,
  experience: recorder.experience,
  explain: recorder.explain,
  inspect: recorder.inspect,
  forget: recorder.forget,
  'state.get': recorder.stateGet,
  'state.set': recorder.stateSet,
  'state.remove': recorder.stateRemove,
  'state.all': recorder.stateAll,
  on: recorder.on,
  stop: recorder.stop,
};

const start = async (page) => {
  const isAlone = !page.waymark?.call;
  const queue = isAlone ? stub(page) : page.waymark.q;
  // Another copy of the script runs on this page, and has not given up for this one.
  if (!queue || (queue.used == queue && !queue.isOpen)) return;
  queue.used = queue;
  queue.isOpen = false;
  takeToken(queue);

  // The reason why the recorder cannot work any more.
  let failure;
  const fail = (why, error) => {
    if (failure) return;
    failure = why;
    try {
      // What is thrown may have no text.
      failure += error;
    } catch {}
    warn(failure);
    settleAll({ ok: false, error: failure });
    try {
      recorder.abandon();
    } catch {}
  };
  const waymark = (command, ...given) => {
    try {
      if (!failure) {
        const make = typeof command == 'string' && commands[command];
        if (queue.token && command == 'init') loadOverlay(given[0], queue);
        return make ? make(given[0], given[1], given[2], given[3]) : recorder.unknown(command, names());
      }
    } catch (error) {
      fail('the recorder failed: ', error);
    }
    return settled({ ok: false, error: failure });
  };
  // A prerendered page is viewed when it is activated. `=== true`, because an element may have that name.
  let wasPrerendered = false;
  const make = (call) => {
    const at = call[0];
    const settle = call[1];
    const given = call[2];
    try {
      if (!failure && !wasPrerendered && at > 0) recorder.asOf(at, text(call[3]), text(call[4]));
    } catch (error) {
      fail('the recorder failed: ', error);
    }
    const answer = waymark(given[0], given[1], given[2], given[3], given[4]);
    // Not `settle(answer)`: that asks a promise for its `then`, which a page may have replaced.
    (async () => settle(await answer))();
  };

  try {
    wasPrerendered = document.prerendering === true;
    if (isAlone) await initByTag(page.waymark);
    if (unusable) throw 'the page has replaced ' + unusable + ', or the browser lacks it';
    const prefetched = prefetchSettings(queue);
    recorder.initSync({ module: await code() });
    recorder.connect(waymark, prefetched.address, prefetched.response);
    if (document.prerendering === true)
      await new Promise((activated) => document.addEventListener('prerenderingchange', activated, { once: true }));
  } catch (error) {
    if (await isReplaced(queue)) return;
    fail('the recorder could not start: ', error);
  }
  try {
    page.waymark = waymark;
  } catch {}
  // Code that has kept the earlier function goes on calling it.
  queue.push = make;
  for (let at = 0; at < queue.length; at++) make(queue[at]);
  queue.length = 0;
};

const warn = (message) => {
  try {
    console.warn('waymark: ' + message);
  } catch {}
};

const settled = async (outcome) => outcome;

const text = (value) => (typeof value == 'string' ? value : undefined);

const names = () => {
  let names = '';
  for (const name in commands) names += (names && ',') + name;
  return names;
};

// One tag: who the site is stands in its attributes. It is the current script, unless a module or an optimiser runs it.
const initByTag = async (waymark) => {
  const isOurs = (tag) => tag && tag.dataset && (tag.dataset.site || /waymark(-compat)?\.js/.test(tag.src));
  let tag = document.currentScript;
  if (!isOurs(tag)) tag = document.querySelector('script[data-site][src*="waymark"],script[data-site][data-collector]');
  const { site, collector, userCookie, userVariable, level, env, consent } = tag ? tag.dataset : {};
  if (!site) return warn("the script's tag has no data-site: nothing is recorded before waymark('init', ...) is called");
  const number = (text) => text && +text;
  // The collector delivered the script, from an origin of its own or a folder on the site's origin.
  const folder = /^(.*?)(\/v\/\w{16})?\/waymark(-compat)?\.js/.exec(tag.src);
  const user = { cookie: userCookie, variable: userVariable };
  waymark('init', {
    site,
    collector: collector || (folder && folder[1]),
    user,
    level: number(level),
    env: number(env),
    consent,
  });
  // The call is in the queue then.
  await 0;
};

// Requests the site's settings for the first `init` while the wasm is compiled. Only the recorder validates the settings: it
// takes the response if it would send a request to the same address.
const prefetchSettings = (queue) => {
  try {
    let at = 0;
    while (queue[at][2][0] != 'init') at++;
    const { collector, site, level } = queue[at][2][1];
    if (level === 0) return {};
    const address = `${collector.replace(/\/+$/, '')}/v1/sites/${encodeURIComponent(site)}/settings`;
    // The page's own `fetch` may throw. What a page has added to Object.prototype is no option.
    const options = { __proto__: null, credentials: 'omit', referrerPolicy: 'no-referrer' };
    const response = Promise.resolve((async () => fetch(address, options))());
    response.then(nothing, nothing);
    return { address, response };
  } catch {
    return {};
  }
};

const nothing = () => {};

(async () => {
  try {
    await start(window);
  } catch {}
})();
