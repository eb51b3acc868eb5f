// The recorder's script, around the glue and the wasm (`cargo xtask build`): takes over the calls that the page has
// queued, starts the recorder, and makes each call in order with the time at which the page made it. Nothing here may
// throw into the page.
import { call, initSync } from '../target/bindgen/waymark.js';

const WASM = '__WASM__';
const MOST_QUEUED = 1000;

// The commands as the recorder's api.rs numbers them.
const [INIT, RECORD, IDENTIFY, RESET, FLUSH] = [0, 1, 2, 3, 4];

function start(page, stub, script) {
  // Another copy is at work on this page.
  if (stub && stub.settle) return;

  const queue = (stub && stub.q) || [];
  const complaints = new Set();
  let flushes = [];
  let ready, started, dead;

  const outcome = (wrong) => (wrong ? { ok: false, error: wrong } : { ok: true });

  // One line on the console for each thing that is wrong, once.
  const complain = (command, wrong) => {
    const line = `waymark('${command}'): ${wrong}`;
    if (!complaints.has(line)) console.warn(line);
    complaints.add(line);
  };

  // `{user: {cookie: 'a'}, level: 1}` as lines: `user.cookie s a`, `level n 1`.
  const lines = (settings, prefix) =>
    Object.entries(settings).flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (value && typeof value == 'object') return lines(value, prefix + key + '.');
      const kind = { string: 's', number: 'n' }[typeof value] || typeof value;
      return `${prefix + key} ${kind} ${value}`.replace(/\n/g, ' ');
    });

  const commands = {
    init(settings) {
      const wrong = call(INIT, lines({ collector: home(script), ...settings }, '').join('\n'), '', '', 0);
      started ||= !wrong;
      return wrong;
    },
    record(type, data = {}, at) {
      if (typeof type != 'string') return 'type must be a text';
      if (!data || typeof data != 'object') return 'data must be an object';
      // Turned to JSON before the recorder is touched: the page's own toJSON and getters may throw, or call us.
      const json = JSON.stringify(data) || '';
      const content = data.oId !== undefined && data.pId === undefined ? data.type + ':' + data.oId : '';
      return call(RECORD, type, json, content, at);
    },
    identify: (id) => call(IDENTIFY, '' + id, '', '', 0),
    reset: () => call(RESET, '', '', '', 0),
    flush: () => call(FLUSH, '', '', '', 0),
  };

  const make = (entry) => {
    const [at, settle, [command, ...given]] = entry;
    const flushing = command == 'flush';
    let wrong = dead;
    try {
      if (flushing) flushes.push(settle);
      if (!wrong) {
        wrong = Object.hasOwn(commands, command)
          ? commands[command](given[0], given[1], at)
          : `there is no such command; there are ${Object.keys(commands).join(', ')}`;
      }
    } catch (error) {
      wrong = '' + error;
      if (error instanceof WebAssembly.RuntimeError) dead = 'the recorder failed: ' + wrong;
    }
    if (wrong == 'busy') {
      setTimeout(make, 0, entry);
    } else if (wrong) {
      complain(command, wrong);
      settle(outcome(wrong));
    } else if (!flushing) {
      settle(outcome());
    }
  };

  // What the page calls before it called init waits until it does.
  const drain = () => {
    if (!ready) return;
    const init = queue.findIndex(([, , [command]]) => command == 'init');
    if (!started && init >= 0) make(queue.splice(init, 1)[0]);
    while ((started || dead) && queue.length) make(queue.shift());
  };

  const waymark = (...given) =>
    new Promise((settle) => {
      const entry = [Date.now(), settle, given];
      if (started) return make(entry);
      // What is recorded is what was true at the call.
      if (!ready && given[0] == 'record') {
        try {
          given[2] = JSON.parse(JSON.stringify(given[2]));
        } catch {}
      }
      if (queue.length < MOST_QUEUED) queue.push(entry);
      else settle(outcome('too many calls before init'));
      drain();
    });

  // The recorder's answer to the flushes that were asked for.
  waymark.settle = (trouble) => {
    const settled = flushes;
    flushes = [];
    for (const settle of settled) settle(outcome(trouble));
  };

  page.waymark = waymark;
  const { site, userCookie, userVariable, level, env } = (script && script.dataset) || {};
  if (site) {
    const number = (text) => (text === undefined ? text : +text);
    const user = { cookie: userCookie, variable: userVariable };
    waymark('init', { site, user, level: number(level), env: number(env) });
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

// The collector that the script came from: an origin, or a folder on the site's own.
function home(script) {
  return script && new URL('.', script.src).href.replace(/\/(v\/\w{16}\/)?$/, '');
}

try {
  start(window, window.waymark, document.currentScript);
} catch {}
