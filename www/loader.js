// The recorder's script, around the wasm (`cargo xtask build`): takes over the calls that the page has
// queued, starts the recorder, and makes each call in order with the time at which the page made it. Nothing here may
// throw into the page.
import { adoptSettings, call, connect, initSync, now, settingsText, shown } from '../target/bindgen/waymark.js';

const WASM = '__WASM__';
const MOST_QUEUED = 1000;
// A call that comes while the recorder waits for something is made again after this, so often.
const AGAIN_MS = 20;
const MOST_TRIES = 600;

const purposes = ['functional', 'analytics', 'playback'];

const oneOf = (value, allowed) => {
  if (!allowed.includes(value)) throw 'must be one of ' + allowed;
  return value;
};

const state = (verb, content = '', value) => {
  const data = JSON.stringify(value) || '';
  return [10, verb, data, content];
};

// What each command hands to the recorder: the command's number there (api.rs), up to three texts, and a number.
// What cannot be a call is thrown, as a text.
const commands = {
  init: (settings = {}) => [0, settings],
  record(type, data = {}) {
    if (typeof type != 'string') throw 'type must be a text';
    if (!data || typeof data != 'object') throw 'data must be an object';
    // Guidance content is told by its number; a page that counts its plays itself is left to it.
    const content = data.oId !== undefined && data.pId === undefined ? data.type + ':' + data.oId : '';
    return [1, type, JSON.stringify(data) || '', content];
  },
  identify: (id, { signature = '' } = {}) => [2, '' + id, '' + signature],
  reset: () => [3],
  flush: () => [4],
  // 'granted', 'denied', ['analytics'], or {analytics: true, playback: false}.
  consent(given) {
    const agreed = { granted: purposes, denied: [] }[given] || given;
    if (!agreed || typeof agreed != 'object') throw "must be 'granted', 'denied', or some of " + purposes;
    const list = Array.isArray(agreed) ? agreed : Object.keys(agreed).filter((name) => agreed[name]);
    return [5, '', '', '', list.reduce((bits, name) => bits | (1 << purposes.indexOf(oneOf(name, purposes))), 0)];
  },
  level: (level) => [6, '', '', '', oneOf(level, [0, 1, 2, 3])],
  experience: (on) => [7, '', '', '', +oneOf(on, [true, false])],
  inspect: () => [8],
  forget: () => [9],
  'state.get': (kind, name) => state('get', kind + ' ' + name),
  'state.set': (kind, name, value, { days = 365, record = true } = {}) =>
    state('set', `${kind} ${name} ${days} ${+record}`, value),
  'state.remove': (kind, name) => state('remove', kind + ' ' + name),
  'state.all': () => state('all'),
  stop: () => [11],
};

function start(page, stub, script) {
  // Another copy is at work on this page.
  if (stub && !stub.q) return;

  const queue = [];
  const complaints = {};
  let flushes = [];
  let ready, started, dead, waiting, early;
  // The recorder's own clock once there is one.
  let clock = () => Date.now();

  const finish = (settle, command, wrong, value) => {
    const line = `waymark('${command}'): ${wrong}`;
    // One line for each thing that is wrong, once.
    if (wrong && !complaints[line]) console.warn((complaints[line] = line));
    settle(wrong ? { ok: false, error: wrong } : value === undefined ? { ok: true } : { ok: true, value });
  };

  const make = (entry) => {
    const { at, given } = entry;
    if (dead) return made(entry, dead);
    try {
      if (given[0] == 0 && typeof given[1] != 'string') given[1] = settingsText(given[1]);
    } catch (error) {
      return made(entry, '' + error);
    }
    try {
      const [number, text = '', data = '', content = '', argument = at] = given;
      if (number == 4) flushes.push(entry);
      call(number, text, data, content, argument, (wrong, answer) => made(entry, wrong, answer));
    } catch (error) {
      dead = 'the recorder failed: ' + error;
      made(entry, dead);
    }
  };

  // The recorder has answered: nothing, what was wrong, or with the JSON of what was asked for.
  const made = (entry, wrong, answer) => {
    const { settle, command } = entry;
    let value;
    started ||= command == 'init' && !wrong;
    try {
      if (answer) value = JSON.parse(answer);
      if (command == 'inspect' && value) Object.assign(value, shown());
    } catch {
      wrong = 'what is kept was edited by hand: remove it';
    }
    if (command == 'stop') {
      dead = 'the recorder was stopped';
      if (page.waymark == waymark) delete page.waymark;
    }
    // The recorder waits for the site's settings or the user's ID: its turn comes.
    if (wrong == 'busy' && entry.tries++ < MOST_TRIES) {
      const again = setTimeout(make, AGAIN_MS, entry);
      if (command == 'init') waiting = () => (clearTimeout(again), make(entry));
    } else if (wrong || command != 'flush') finish(settle, command, wrong, value);
    if (command == 'init' && wrong != 'busy') {
      waiting = 0;
      drain();
    }
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
      if (command == 'init' && !ready) ask(given[0] || {});
      if (started || dead) return make(entry);
      queue.push(entry);
      drain();
    } catch (error) {
      finish(settle, command, '' + error);
    }
  };

  // The answer is on its way while the recorder is made ready.
  const ask = ({ collector, site, level }) => {
    if (early || !/^(https?:\/)?\//.test(collector) || !site || level === 0) return;
    const address = `${('' + collector).replace(/\/+$/, '')}/v1/sites/${encodeURIComponent(site)}/settings`;
    // A page may have put a fetch of its own in place, and that one may throw.
    const answer = (async () => fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' }))();
    answer.catch(() => {});
    early = ['' + collector, '' + site, answer];
  };

  const waymark = (...given) => new Promise((settle) => take([clock(), settle, given]));

  page.waymark = waymark;
  ((stub && stub.q) || []).map(take);
  const { site, userCookie, userVariable, level, env, consent } = (script && script.dataset) || {};
  if (site) {
    const number = (text) => text && +text;
    // The script came from the collector: from an origin, or from a folder on the site's own.
    const collector = new URL('.', script.src).href.replace(/\/(v\/\w{16}\/)?$/, '');
    const user = { cookie: userCookie, variable: userVariable };
    waymark('init', { site, collector, user, level: number(level), env: number(env), consent });
  }

  WebAssembly.compile(Uint8Array.from(WASM, (byte) => byte.charCodeAt(0)))
    .then((module) => {
      initSync({ module });
      clock = now;
      // The recorder's answer to the flushes that were asked for.
      connect((wrong) => {
        const settled = flushes;
        flushes = [];
        for (const { settle, command } of settled) finish(settle, command, wrong);
      }, () => waiting && waiting());
      if (early) adoptSettings(...early);
      // A page that is made ready before anybody sees it is viewed when somebody does.
      if (document.prerendering === true) {
        return new Promise((seen) =>
          document.addEventListener(
            'prerenderingchange',
            () => {
              for (const entry of queue) entry.at = clock();
              seen();
            },
            { once: true },
          ),
        );
      }
    })
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
