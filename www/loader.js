// The recorder's script, around the glue and the wasm (`cargo xtask build`): takes over the calls that the page has
// queued, starts the recorder, and makes each call in order with the time at which the page made it. Nothing here may
// throw into the page.
import { call, initSync } from '../target/bindgen/waymark.js';

const WASM = '__WASM__';
const MOST_QUEUED = 1000;

// `{user: {cookie: 'a'}, level: 1}` as lines: `user.cookie s a`, `level n 1`.
const lines = (settings, prefix) =>
  Object.entries(settings).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (value && typeof value == 'object') return lines(value, prefix + key + '.');
    const kind = { string: 's', number: 'n' }[typeof value] || typeof value;
    return `${prefix + key} ${kind} ${value}`.replace(/\n/g, ' ');
  });

// What each command hands to the recorder: the command's number there (api.rs) and up to three texts.
// What cannot be a call is thrown, as a text.
const commands = {
  init: (settings = {}) => [0, lines(settings, '').join('\n')],
  record(type, data = {}) {
    if (typeof type != 'string') throw 'type must be a text';
    if (!data || typeof data != 'object') throw 'data must be an object';
    // Guidance content is told by its number; a page that counts its plays itself is left to it.
    const content = data.oId !== undefined && data.pId === undefined ? data.type + ':' + data.oId : '';
    return [1, type, JSON.stringify(data) || '', content];
  },
  identify: (id) => [2, '' + id],
  reset: () => [3],
  flush: () => [4],
};

function start(page, stub, script) {
  // Another copy is at work on this page.
  if (stub && stub.settle) return;

  const queue = [];
  const complaints = {};
  let flushes = [];
  let ready, started, dead;

  const finish = (settle, command, wrong) => {
    const line = `waymark('${command}'): ${wrong}`;
    // One line for each thing that is wrong, once.
    if (wrong && !complaints[line]) console.warn((complaints[line] = line));
    settle(wrong ? { ok: false, error: wrong } : { ok: true });
  };

  const make = (entry) => {
    const { at, settle, command, given } = entry;
    let wrong = dead;
    try {
      const [number, text = '', data = '', content = ''] = given;
      if (number == 4) flushes.push(entry);
      wrong ||= call(number, text, data, content, at);
      started ||= number == 0 && !wrong;
    } catch (error) {
      dead = wrong = 'the recorder failed: ' + error;
    }
    // A getter of the page's, asked for the user's ID, made this call: its turn comes.
    if (wrong == 'busy' && entry.tries++ < 50) setTimeout(make, 0, entry);
    else if (wrong || command != 'flush') finish(settle, command, wrong);
  };

  // What the page calls before it called init waits until it does.
  const drain = () => {
    let init;
    while (ready && !started && (init = queue.findIndex(({ command }) => command == 'init')) >= 0) {
      make(queue.splice(init, 1)[0]);
    }
    while ((started || dead) && queue.length) make(queue.shift());
  };

  // Everything is read at the call, and what is to be recorded turned to JSON: the page may change it afterwards, and
  // its own toJSON and getters may throw or call us, which must not happen inside the recorder.
  const take = ([at, settle, [command, ...given]]) => {
    try {
      if (!Object.hasOwn(commands, command)) throw 'there is no such command; there are ' + Object.keys(commands);
      if (queue.length >= MOST_QUEUED) throw 'too many calls before init';
      const entry = { at, settle, command, given: commands[command](...given), tries: 0 };
      if (started || dead) return make(entry);
      queue.push(entry);
      drain();
    } catch (error) {
      finish(settle, command, '' + error);
    }
  };

  const waymark = (...given) => new Promise((settle) => take([Date.now(), settle, given]));

  // The recorder's answer to the flushes that were asked for.
  waymark.settle = (wrong) => {
    const settled = flushes;
    flushes = [];
    for (const { settle, command } of settled) finish(settle, command, wrong);
  };

  page.waymark = waymark;
  ((stub && stub.q) || []).map(take);
  const { site, userCookie, userVariable, level, env } = (script && script.dataset) || {};
  if (site) {
    const number = (text) => text && +text;
    // The script came from the collector: from an origin, or from a folder on the site's own.
    const collector = new URL('.', script.src).href.replace(/\/(v\/\w{16}\/)?$/, '');
    const user = { cookie: userCookie, variable: userVariable };
    waymark('init', { site, collector, user, level: number(level), env: number(env) });
  }

  WebAssembly.compile(Uint8Array.from(WASM, (byte) => byte.charCodeAt(0)))
    .then((module) => initSync({ module }))
    .catch((error) => {
      dead = 'the recorder could not start: ' + error;
    })
    .then(() => {
      ready = true;
      drain();
    });
}

try {
  start(window, window.waymark, document.currentScript);
} catch {}
