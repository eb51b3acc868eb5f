// The recorder's script, around the wasm (`cargo xtask build`): starts the wasm, and hands over the calls that the page has
// queued and its later calls. Nothing here may throw into the page.
import * as recorder from '../target/bindgen/waymark.js';
import { stub } from './stub.js';

const WASM = '__WASM__';

const commands = new Map(
  Object.entries({
    init: recorder.init,
    record: recorder.record,
    identify: recorder.identify,
    reset: recorder.reset,
    flush: recorder.flush,
    consent: recorder.consent,
    level: recorder.level,
    experience: recorder.experience,
    inspect: recorder.inspect,
    forget: recorder.forget,
    'state.get': recorder.stateGet,
    'state.set': recorder.stateSet,
    'state.remove': recorder.stateRemove,
    'state.all': recorder.stateAll,
    on: recorder.on,
    stop: recorder.stop,
  }),
);

const start = async (page, script) => {
  const queue = page.waymark ? page.waymark.q : stub(page);
  // Another copy of the script runs on this page.
  if (!queue || queue.isTaken) return;
  queue.isTaken = true;
  const { site, userCookie, userVariable, level, env, consent } = script ? script.dataset : {};
  if (site) {
    const number = (text) => text && +text;
    // The collector delivered the script, from an origin of its own or a folder on the site's origin.
    const collector = new URL('.', script.src).href.replace(/\/(v\/\w{16}\/)?$/, '');
    const user = { cookie: userCookie, variable: userVariable };
    page.waymark('init', { site, collector, user, level: number(level), env: number(env), consent });
  }

  // The reason why the recorder cannot work any more.
  let failure;
  const fail = (why) => {
    failure = why;
    try {
      console.warn('waymark: ' + why);
      recorder.abandon();
    } catch {}
  };
  const waymark = (command, ...given) => {
    try {
      const make = commands.get(command);
      if (!failure) return make ? make(...given) : recorder.unknown(command, [...commands.keys()]);
    } catch (error) {
      fail('the recorder failed: ' + error);
    }
    return Promise.resolve({ ok: false, error: failure });
  };
  // A prerendered page is viewed when it is activated. `=== true`, because an element may have that name.
  const wasPrerendered = document.prerendering === true;
  const make = ([at, settle, call, place]) => {
    if (!failure && !wasPrerendered) recorder.asOf(at, ...(place || []));
    settle(waymark(...call));
  };

  try {
    const prefetched = prefetchSettings(queue);
    const module = await WebAssembly.compile(Uint8Array.from(WASM, (byte) => byte.charCodeAt(0)));
    recorder.initSync({ module });
    recorder.connect(waymark, ...prefetched);
    if (document.prerendering === true)
      await new Promise((activated) => document.addEventListener('prerenderingchange', activated, { once: true }));
  } catch (error) {
    fail('the recorder could not start: ' + error);
  }
  page.waymark = waymark;
  // Code that has kept the earlier function goes on calling it.
  queue.push = make;
  queue.splice(0).map(make);
};

// Requests the site's settings for the first `init` while the wasm is compiled. Only the recorder validates the settings: it
// takes the response if it would send a request to the same address.
const prefetchSettings = (queue) => {
  try {
    const [, { collector, site, level }] = queue.map(([, , call]) => call).find(([command]) => command == 'init');
    if (level === 0) return [];
    const address = `${collector.replace(/\/+$/, '')}/v1/sites/${encodeURIComponent(site)}/settings`;
    // The page's own `fetch` may throw.
    const response = (async () => fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' }))();
    response.catch(() => {});
    return [address, response];
  } catch {
    return [];
  }
};

start(window, document.currentScript).catch(() => {});
