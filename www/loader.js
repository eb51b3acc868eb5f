// The recorder's script, around the wasm (`cargo xtask build`): gets the wasm running, and hands over the calls that the page
// has queued and those that it makes from then on. Nothing here may throw into the page.
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
  // Another copy is at work on this page.
  if (!queue || queue.isTaken) return;
  queue.isTaken = true;
  const { site, userCookie, userVariable, level, env, consent } = script ? script.dataset : {};
  if (site) {
    const number = (text) => text && +text;
    // The script came from the collector: from an origin, or from a folder on the site's own.
    const collector = new URL('.', script.src).href.replace(/\/(v\/\w{16}\/)?$/, '');
    const user = { cookie: userCookie, variable: userVariable };
    page.waymark('init', { site, collector, user, level: number(level), env: number(env), consent });
  }

  // Why nothing can be done any more, once that is so.
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
  // A page that is made ready before anybody sees it is viewed when somebody does. An element may have that name.
  const wasPrerendered = document.prerendering === true;
  const make = ([at, settle, call, place]) => {
    if (!failure && !wasPrerendered) recorder.asOf(at, ...(place || []));
    settle(waymark(...call));
  };

  try {
    const settings = fetchSettings(queue);
    const module = await WebAssembly.compile(Uint8Array.from(WASM, (byte) => byte.charCodeAt(0)));
    recorder.initSync({ module });
    recorder.connect(waymark, ...settings);
    if (document.prerendering === true)
      await new Promise((seen) => document.addEventListener('prerenderingchange', seen, { once: true }));
  } catch (error) {
    fail('the recorder could not start: ' + error);
  }
  page.waymark = waymark;
  // Who has kept the function that stood there before goes on calling it.
  queue.push = make;
  queue.splice(0).map(make);
};

// Asks for the settings of the first `init` while the wasm is compiled.
const fetchSettings = (queue) => {
  try {
    const [, settings] = queue.map(([, , call]) => call).find(([command]) => command == 'init');
    const { collector, site, level } = settings;
    if (!/^(https?:\/)?\//.test(collector) || !site || level === 0) return [];
    const address = `${('' + collector).replace(/\/+$/, '')}/v1/sites/${encodeURIComponent(site)}/settings`;
    // A page may have put a fetch of its own in place, and that one may throw.
    const answer = (async () => fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' }))();
    answer.catch(() => {});
    return ['' + collector, '' + site, answer];
  } catch {
    return [];
  }
};

start(window, document.currentScript).catch(() => {});
