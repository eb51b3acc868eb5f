// Runs the table: for each name a page in a frame replaces it, before the snippet or once the recorder is there, and makes
// calls. The frame's page is watched from here, where nothing is replaced.

const DEADLINE_MS = 8000;
const AT_ONCE = 6;

// What the pages of frames are about, by their frame.
const pages = new Map();

const WAYS = ['throws', 'does nothing', 'is 42'];

// A function and a getter of the frame's own realm.
const substitutes = (win, how) => {
  const body = { throws: "throw new Error('of the page')", 'does nothing': '', 'is 42': 'return 42' }[how];
  const get = new win.Function(body);
  return { value: how == 'is 42' ? 42 : get, get };
};

// Returns how to put back what was there.
const replace = (win, path, how) => {
  const keys = path.split('.').map((key) => (key == '@iterator' ? win.Symbol.iterator : key));
  const last = keys.pop();
  const start = keys[0] == 'TypedArray' ? (keys.shift(), Object.getPrototypeOf(win.Uint8Array)) : win;
  const owner = keys.reduce((at, key) => at[key], start);
  const before = Object.getOwnPropertyDescriptor(owner, last);
  const { value, get } = substitutes(win, how);
  const isAccessor = before && before.get;
  Object.defineProperty(
    owner,
    last,
    isAccessor ? { get, set: get, configurable: true } : { value, configurable: true, writable: true },
  );
  return () => (before ? Object.defineProperty(owner, last, before) : delete owner[last]);
};

// A row: its name, how it is replaced, and what does it.
const rowsOf = (win) => {
  const isThere = (path) => {
    try {
      const keys = path.split('.');
      const last = keys.pop();
      if (keys[0] == 'TypedArray' || last == '@iterator' || last == 'toJSON') return true;
      const owner = keys.reduce((at, key) => at[key], win);
      const own = Object.getOwnPropertyDescriptor(owner, last);
      return !own || own.configurable;
    } catch {
      return false;
    }
  };
  const isUsable = (name, how) => UNUSABLE[name] != how;
  const replaced = REPLACED.filter(isThere).flatMap((name) =>
    WAYS.filter((how) => isUsable(name, how)).map((how) => ({ name, how, apply: (page) => replace(page, name, how) })),
  );
  const inherited = INHERITED.flatMap((name) =>
    Object.entries(KINDS)
      .filter(([how]) => isUsable(name, how))
      .map(([how, kind]) => ({ name: `Object.prototype.${name}`, how, apply: (page) => inherit(page, name, kind(page)) })),
  );
  const shadowing = SHADOWING.map((html) => ({
    name: html,
    how: 'element',
    apply: (page) => {
      const holder = page.document.createElement('div');
      holder.innerHTML = html;
      Element.prototype.append.call(Document.prototype.querySelector.call(page.document, 'head'), holder);
      return () => Element.prototype.remove.call(holder);
    },
  }));
  const hidden = ['globalPrivacyControl', 'doNotTrack'].map((name) => ({
    name: `navigator.${name}`,
    how: 'is false',
    apply(page) {
      Object.defineProperty(page.navigator, name, { value: false, configurable: true });
      return () => delete page.navigator[name];
    },
  }));
  return [{ name: 'nothing', how: '-', apply: () => () => {} }, ...replaced, ...inherited, ...shadowing, ...hidden];
};

// Members of Object.prototype.
const KINDS = {
  'is 1, enumerable': () => ({ value: 1, writable: true, enumerable: true }),
  'setter throws': (win) => ({ get: new win.Function(''), set: substitutes(win, 'throws').get }),
};

const inherit = (page, name, descriptor) => {
  const owner = page.Object.prototype;
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { ...descriptor, configurable: true });
  return () => (before ? Object.defineProperty(owner, name, before) : delete owner[name]);
};

// The frame's first script.
window.replaceFirst = (win) => {
  const page = pages.get(win.frameElement);
  const hear = (name, text) =>
    EventTarget.prototype.addEventListener.call(win, name, (event) => page.wrong.push(text(event)));
  hear('error', (event) => `error: ${event.message || event.target.src}`);
  hear('unhandledrejection', (event) => `unhandled: ${event.reason}`);
  // What a page of the frame's own realm does with a promise.
  page.settled = win.eval(`(async (promise, done) => {
    try {
      done(await promise);
    } catch (error) {
      done('rejected: ' + error);
    }
  })`);
  page.prepare(win);
};

// The frame's last script.
window.use = (win) => {
  const page = pages.get(win.frameElement);
  clearTimeout(page.late);
  page.use(win);
};

const call = (page, win, ...given) =>
  new Promise((done) => {
    const name = given[0];
    const late = setTimeout(() => done({ name, flaw: `${name} is not settled` }), DEADLINE_MS);
    const judge = (outcome) => {
      clearTimeout(late);
      if (outcome && outcome.ok === true) return done({ name, ok: true, value: outcome.value });
      const isReasoned = outcome && outcome.ok === false && typeof outcome.error == 'string' && outcome.error;
      done(isReasoned ? { name, error: outcome.error } : { name, flaw: `${name}: ${outcome}` });
    };
    try {
      page.settled(win.waymark(...given), judge);
    } catch (error) {
      judge(`threw ${error}`);
    }
  });

const verdict = (page, row, when, outcomes) => {
  const flaws = [...outcomes.map(({ flaw }) => flaw).filter(Boolean), ...page.wrong];
  const failed = outcomes.find(({ error }) => error);
  return { name: row.name, how: row.how, when, flaws, answer: failed ? `${failed.name}: ${failed.error}` : 'ok' };
};

// Opens a page in a frame; `prepare` runs before its snippet, `use` after, or else `lost`.
const open = (page) => {
  const frame = document.createElement('iframe');
  const late = setTimeout(() => page.lost(), 3 * DEADLINE_MS);
  pages.set(frame, Object.assign(page, { frame, wrong: [], late }));
  frame.src = 'replaced-frame.html';
  frame.style = 'width: 90px; height: 60px';
  document.body.append(frame);
};

const close = (page) => {
  pages.delete(page.frame);
  page.frame.remove();
};

const use = (page, win, mark, settings, type = 'marked') =>
  Promise.all([
    call(page, win, 'init', { site: 'demo', collector: 'http://127.0.0.1:8787', ...settings }),
    // Of the data of level 2's own types only members that the level table names are stored: `text` is one.
    call(page, win, 'record', type, { mark, text: mark, list: [1, { two: [2] }] }),
    call(page, win, 'state.set', 'data', 'replaced', mark),
    call(page, win, 'inspect'),
    call(page, win, 'flush'),
  ]);

// What must hold: on a strict page the user has denied analytics and the browser has Global Privacy Control; on a plain
// one the gate is closed.
const limits = {
  plain: { gate: 1 },
  strict: { consent: 0, gpc: 1 },
  open: {},
};

const loosened = (variant, shown) =>
  Object.entries(limits[variant])
    .filter(([cap, most]) => shown.ok && !(shown.value.why[cap] <= most))
    .map(([cap]) => `${cap} is loosened: ${JSON.stringify(shown.value.why)}`);

// The name is replaced before the snippet.
const before = (row, variant) =>
  new Promise((done) => {
    const page = {
      prepare(win) {
        const gpc = { get: () => true, configurable: true };
        if (variant == 'strict') Object.defineProperty(win.Navigator.prototype, 'globalPrivacyControl', gpc);
        row.apply(win);
      },
      async use(win) {
        const mark = [variant, row.name, row.how].join(' ');
        const settings = {
          plain: { level: 2, gate: () => false },
          strict: { site: 'site-a' },
          open: { level: 2, gate: () => true },
        };
        const type = variant == 'open' ? 'elementClick' : 'marked';
        const outcomes = await use(page, win, mark, settings[variant], type);
        close(page);
        const result = verdict(page, row, variant, outcomes);
        result.flaws.push(...loosened(variant, outcomes[3]));
        done({ ...result, mark, arrives: outcomes[1].ok && outcomes[4].ok });
      },
      lost: () => done({ ...verdict(page, row, variant, []), flaws: ['the page is not loaded'] }),
    };
    open(page);
  });

// Several names, one after the other, once the recorder is there; on a new page where one has ended it.
const after = (rows) =>
  new Promise((done) => {
    const results = [];
    const next = () => {
      if (rows.length == 0) return done(results);
      const page = {
        prepare() {},
        async use(win) {
          const started = await use(page, win, 'started', {});
          let flaw = started.find(({ error, flaw }) => error || flaw);
          if (flaw) results.push({ name: 'start', how: '-', when: 'after', flaws: [JSON.stringify(flaw)], answer: '' });
          while (rows.length > 0) {
            const row = rows.shift();
            page.wrong.length = 0;
            const mark = ['after', row.name, row.how].join(' ');
            const restore = row.apply(win);
            const calls = [call(page, win, 'record', 'marked', { mark, list: [1] }), call(page, win, 'flush')];
            stir(win, results.length);
            const outcomes = [...(await Promise.all(calls)), await call(page, win, 'state.all')];
            restore();
            results.push({ ...verdict(page, row, 'after', outcomes), mark, arrives: outcomes[0].ok && outcomes[1].ok });
            if (outcomes.some(({ ok }) => !ok)) break;
          }
          close(page);
          next();
        },
        lost: () => done([{ name: 'start', how: '-', when: 'after', flaws: ['the page is not loaded'], answer: '' }]),
      };
      open(page);
    };
    next();
  });

// What browser and user do meanwhile.
const stir = (win, at) => {
  const dispatch = (target, event) => EventTarget.prototype.dispatchEvent.call(target, event);
  dispatch(win, new Event('resize'));
  dispatch(win, new Event('online'));
  dispatch(win, new StorageEvent('storage', { key: 'other' }));
  dispatch(win.document, new Event('visibilitychange'));
  try {
    win.history.pushState({}, '', `#${at}`);
  } catch {
    // It is replaced.
  }
};

const inParallel = async (rows, run) => {
  const results = [];
  const work = async () => {
    while (rows.length > 0) results.push(await run(rows.shift()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
};

// The whole table, or the rows whose name holds `filter`.
const rowsFor = (ways, filter) => {
  const isWanted = ({ name, how }) => name.includes(filter) && (!WAYS.includes(how) || ways.includes(how));
  return rowsOf(window).filter(isWanted);
};

window.runBefore = (variant, ways, filter = '') => inParallel(rowsFor(ways, filter), (row) => before(row, variant));

window.runAfter = async (ways, filter = '') => {
  const rows = rowsFor(ways, filter);
  const parts = Array.from({ length: AT_ONCE }, (_, part) => rows.filter((_, at) => at % AT_ONCE == part));
  return (await Promise.all(parts.map((part) => after(part)))).flat();
};

// What an earlier page of the site has kept: the user's answer, which leaves out analytics.
window.answer = () =>
  new Promise((done) => {
    const page = {
      prepare() {},
      async use(win) {
        const outcomes = [await call(page, win, 'init', { site: 'site-a', collector: 'http://127.0.0.1:8787' })];
        outcomes.push(await call(page, win, 'consent', ['functional']));
        close(page);
        done(outcomes);
      },
      lost: () => done([{ ok: false }]),
    };
    open(page);
  });
