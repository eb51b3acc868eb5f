// The recorder's script, around the wasm (`cargo xtask build`): takes over the calls that the page has queued, starts the
// recorder, and makes each call in order with the time at which the page made it. Nothing here may throw into the page.
import { adoptSettings, call, connect, initSync, now, shown } from '../target/bindgen/waymark.js';

const WASM = '__WASM__';
const MOST_QUEUED = 1000;
// A call that comes while the recorder waits for something is made again after this, so often.
const AGAIN_MS = 20;
const MOST_TRIES = 600;

const purposes = ['functional', 'analytics', 'playback'];

// What a call is answered before the recorder is asked, or when it has failed: as in src/call_error/mod.rs; a test compares.
const errors = {
  TypeInvalid: 'type must be 1 to 64 of A-Z a-z 0-9 _ . : -',
  DataNotObject: 'data must be an object',
  StateKind: 'there is no such kind; there are walkthru, autoplay, goal, task, course and data',
  StateName: 'the name must be 1 to 64 of A-Z a-z 0-9 _ . -',
  Busy: 'the recorder was busy for 12 seconds: make the call again',
  UnknownCommand: 'there is no such command; there are:',
  QueueFull: "too many calls wait for init, or for the site's settings",
  SettingsNotObject: 'init takes an object with site and collector',
  SettingsUnreadable: 'the settings cannot be read:',
  NotJson: 'it cannot be turned to JSON:',
  ConsentInvalid: "must be 'granted', 'denied', or some of functional, analytics, playback",
  LevelInvalid: 'must be 0, 1, 2 or 3',
  ExperienceInvalid: 'must be true or false',
  OptionsNotObject: 'the options must be an object',
  SignatureInvalid: 'signature must be a text',
  StateRecord: 'record must be true or false',
  Stopped: 'the recorder was stopped',
  Failed: 'the recorder failed:',
  CannotStart: 'the recorder could not start:',
};

const need = (is, error) => {
  if (!is) throw error;
};
const isText = (value) => typeof value == 'string';
const isObject = (value) => value && typeof value == 'object' && !Array.isArray(value);

// The page's own getters and `toJSON` may throw.
const reading = (read, error) => {
  try {
    return read();
  } catch (cause) {
    throw error + ' ' + cause;
  }
};
const json = (value) => reading(() => JSON.stringify(value), errors.NotJson) || '';

// The page's settings as JSON, with `{"$function": index}` in place of each function.
const functions = [];
const settingsJson = (settings) =>
  JSON.stringify(settings, (key, value) =>
    typeof value == 'function' ? { $function: functions.push(value) - 1 } : value,
  );

const state = (verb, kind = '', name = '', value, days) => {
  need(isText(kind), errors.StateKind);
  need(isText(name) || Number.isSafeInteger(name), errors.StateName);
  return [10, verb, json(value), kind + '\n' + name, days];
};

// What each command hands to the recorder: the command's number there (api.rs), up to three texts, and a number.
// What cannot be a call is thrown, as a text.
const commands = {
  init(settings = {}) {
    need(isObject(settings), errors.SettingsNotObject);
    return [0, reading(() => settingsJson(settings), errors.SettingsUnreadable)];
  },
  record(type, data = {}) {
    need(isText(type), errors.TypeInvalid);
    need(isObject(data), errors.DataNotObject);
    const text = json(data);
    // Guidance content is told by its number; a page that counts its plays itself is left to it.
    const content = reading(
      () => (data.oId !== undefined && data.pId === undefined ? data.type + ':' + data.oId : ''),
      errors.NotJson,
    );
    return [1, type, text, content];
  },
  identify(id, options = {}) {
    need(isObject(options), errors.OptionsNotObject);
    const { signature = '' } = options;
    need(isText(signature), errors.SignatureInvalid);
    // What is no text and no number names nobody.
    return [2, /string|number|bigint/.test(typeof id) ? '' + id : '', signature];
  },
  reset: () => [3],
  flush: () => [4],
  // 'granted', 'denied', ['analytics'], or {analytics: true, playback: false}.
  consent(given) {
    const agreed = given == 'granted' ? purposes : given == 'denied' ? [] : given;
    need(agreed && typeof agreed == 'object', errors.ConsentInvalid);
    const list = Array.isArray(agreed) ? agreed : Object.keys(agreed).filter((name) => agreed[name]);
    need(list.every((name) => purposes.includes(name)), errors.ConsentInvalid);
    return [5, '', '', '', list.reduce((bits, name) => bits | (1 << purposes.indexOf(name)), 0)];
  },
  level(level) {
    need([0, 1, 2, 3].includes(level), errors.LevelInvalid);
    return [6, '', '', '', level];
  },
  experience(on) {
    need(on === true || on === false, errors.ExperienceInvalid);
    return [7, '', '', '', +on];
  },
  inspect: () => [8],
  forget: () => [9],
  'state.get': (kind, name) => state('get', kind, name),
  'state.set'(kind, name, value, options = {}) {
    need(isObject(options), errors.OptionsNotObject);
    const { days = 365, record = true } = options;
    need(record === true || record === false, errors.StateRecord);
    return state(record ? 'set' : 'keep', kind, name, value, typeof days == 'number' ? days : NaN);
  },
  'state.remove': (kind, name) => state('remove', kind, name),
  'state.all': () => state('all'),
  stop: () => [11],
};

function start(page, stub, script) {
  // Another copy is at work on this page.
  if (stub && !stub.q) return;

  const queue = [];
  const complaints = {};
  let flushes = [];
  // `waiting` hurries the `init` that waits for the site's settings; `failed`: the last one did not succeed.
  let ready, started, failed, dead, waiting, early;
  // The recorder's own clock once there is one.
  let clock = () => Date.now();

  const finish = (settle, command, wrong, value, isExpected) => {
    const line = `waymark('${isText(command) ? command : typeof command}'): ${wrong}`;
    // One line for each thing that is wrong, once.
    if (wrong && !isExpected && !complaints[line]) console.warn((complaints[line] = line));
    settle(wrong ? { ok: false, error: wrong } : value === undefined ? { ok: true } : { ok: true, value });
  };

  const make = (entry) => {
    if (dead) return made(entry, dead);
    const { at, place = [], given } = entry;
    try {
      const [number, text = '', data = '', content = '', argument = at] = given;
      if (number == 4) flushes.push(entry);
      call(number, text, data, content, argument, (...answer) => made(entry, ...answer), ...place);
    } catch (error) {
      dead = errors.Failed + ' ' + error;
      made(entry, dead);
    }
  };

  // The recorder has answered: nothing, what was wrong, or with what was asked for.
  const made = (entry, wrong, value, isExpected) => {
    const { settle, command } = entry;
    started ||= command == 'init' && !wrong;
    if (command == 'inspect' && value) Object.assign(value, shown());
    if (command == 'stop') {
      dead = errors.Stopped;
      if (page.waymark == waymark) delete page.waymark;
    }
    // The recorder waits for the site's settings or the user's ID: its turn comes.
    const isBusy = wrong == 'busy';
    if (isBusy && entry.tries++ < MOST_TRIES) {
      // The page that is seen by then has been told of.
      if (started) entry.place = undefined;
      const again = setTimeout(make, AGAIN_MS, entry);
      if (command == 'init') waiting = () => (clearTimeout(again), make(entry));
      return;
    }
    if (isBusy) wrong = errors.Busy;
    // A flush that was not made has no answer to wait for.
    if (wrong) flushes = flushes.filter((flush) => flush != entry);
    if (wrong || command != 'flush') finish(settle, command, wrong, value, isExpected);
    if (command == 'init') {
      failed = !started;
      waiting = 0;
      drain();
    }
  };

  // What the page calls before it called init waits until it does, and until init is answered: then it is made, or
  // answered as init was. Of several the first that succeeds counts; the others are told so.
  const drain = () => {
    let init;
    while (ready && !started && !waiting && (init = queue.findIndex(({ command }) => command == 'init')) >= 0) {
      failed = false;
      make(queue.splice(init, 1)[0]);
    }
    while ((started || dead || (failed && !waiting)) && queue.length) make(queue.shift());
  };

  const here = () => [location.href, document.title];

  // Everything is read at the call, and what is to be recorded turned to JSON: the page may change it afterwards, and
  // its own toJSON and getters may throw or call us, which must not happen inside the recorder.
  const take = ([at, settle, [command, ...given], place]) => {
    try {
      const isOne = isText(command) && Object.hasOwn(commands, command);
      need(isOne, errors.UnknownCommand + ' ' + Object.keys(commands));
      need(queue.length < MOST_QUEUED, errors.QueueFull);
      const entry = { at, place, settle, command, given: commands[command](...given), tries: 0 };
      if (command == 'init' && !ready) ask(given[0] || {});
      if (started || dead) return make(entry);
      // An event belongs to the page as it is now, however long it waits.
      entry.place ||= here();
      queue.push(entry);
      drain();
    } catch (error) {
      finish(settle, command, '' + error);
    }
  };

  // The answer is on its way while the recorder is made ready; of several calls the first counts.
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
      const settle = (wrong) => {
        const settled = flushes;
        flushes = [];
        for (const { settle, command } of settled) finish(settle, command, wrong);
      };
      connect(settle, () => waiting && waiting(), functions);
      if (early) adoptSettings(...early);
      // A page that is made ready before anybody sees it is viewed when somebody does.
      if (document.prerendering === true) {
        return new Promise((seen) =>
          document.addEventListener(
            'prerenderingchange',
            () => {
              for (const entry of queue) {
                entry.at = clock();
                entry.place = undefined;
              }
              seen();
            },
            { once: true },
          ),
        );
      }
    })
    .catch((error) => {
      dead = errors.CannotStart + ' ' + error;
    })
    .then(() => {
      ready = true;
      drain();
    });
}

try {
  start(window, window.waymark, document.currentScript);
} catch {}
