// What the recorder needs of the browser and web-sys does not give, or only for more bytes than these lines take.

// The recorder's one door, what tells whose a name is (api.rs), the loader's answer to the page's flushes, and its hurry to
// start once it can.
let call, base, settled, hurry;
// Where the collector is, and how its addresses end.
let collector, asked;

export function connect(door, whose, settle, start) {
  [call, base, settled, hurry] = [door, whose, settle, start];
}

// The collector is asked for the site's settings so often; so often while it does not answer.
const SETTINGS_MS = 300000;
const AGAIN_MS = 30000;
// A lease ends so long after it was renewed, which happens so often.
const LEASE_MS = 8000;
const BEAT_MS = 2500;
// What is not delivered is kept when the page is idle, so often at the most, and at the latest after so long.
const SOON_MS = 250;
const IDLE_MS = 1000;
// What the browser is to send should the page end without being told costs as much as a request: little events alone.
const AT_THE_END_BYTES = 8000;
// From this many bytes on compression is worth its work (docs/delivery.md).
const SQUEEZED_BYTES = 2000;

// For as long as a page is there: Firefox does not keep a page as it was that holds a lock when it is left, however soon
// it lets go.
const locks = 'mozInnerScreenX' in window ? undefined : navigator.locks;

// Nothing may be thrown into the page, whatever happens inside.
const tell = (what, at = 0, text = '', data = '') => {
  try {
    call(what, text, data, '', at);
  } catch {}
};
const attempt = (what) => {
  try {
    return what();
  } catch {}
};

// Epoch ms, by a clock that nobody can set: where the wall clock stood when it was read first, and what has passed since.
// Some systems stop that clock while they sleep; then it is read again when somebody is back.
let anchor;
const wind = () => (anchor = Date.now() - performance.now());
wind();
export const clock = () => Math.floor(anchor + performance.now());
const awake = () => Date.now() - clock() > 60000 && wind();

// Client hints and the user-agent string, a value a line.
export function agent() {
  const hints = navigator.userAgentData;
  const lines = [navigator.userAgent, (hints && hints.platform) || '', hints ? +hints.mobile : ''];
  for (const { brand, version } of (hints && hints.brands) || []) lines.push(brand, version);
  return lines.join('\n') + '\n';
}

// The viewport. Asking for it can make the browser lay the page out: only at the start and when it changed.
let viewport;
const measure = () => (viewport = [innerHeight | 0, innerWidth | 0]);

// The page, a value a line; the title comes last, for it may hold line breaks. An address or a title of many kilobytes
// would crowd out the events that happen there. Of the query only what is named in `query` is kept.
export function page(query) {
  const [href, title] = (seen = here());
  replaced = undefined;
  path = location.pathname;
  const { protocol, hostname, pathname, search, hash } = past ? new URL(href) : location;
  const names = query.split(' ');
  const kept = new URLSearchParams([...new URLSearchParams(search)].filter(([name]) => name && names.includes(name)));
  const text = '' + kept;
  return [
    protocol,
    hostname,
    pathname.slice(0, 2000),
    text && '?' + text.slice(0, 1000),
    names.includes('#') ? hash.slice(0, 1000) : '',
    self != top,
    ...(viewport || measure()),
    new Date().getTimezoneOffset() | 0,
    title.slice(0, 1000),
  ].join('\n');
}

// Where a call was made that waited for the recorder: address and title. A title that was not parsed yet is the page's.
let past;
// The page when `page` read it last, and the address that `replaceState` has led to since.
let seen = [];
let replaced, path;
const here = () => [
  past ? past[0] : location.href,
  (past && past[1]) || document.title,
  new Date().getTimezoneOffset(),
];
export function pageChange() {
  const [href, title, zone] = here();
  const [lastHref, lastTitle, lastZone] = seen;
  if (href != lastHref) return past || href == replaced ? 1 : 2;
  return +(title != lastTitle || zone != lastZone);
}

// Runs `made` as on the page that was at `place`.
export const whereIt = (place, made) => {
  past = place;
  try {
    return made();
  } finally {
    past = undefined;
    // What the address has become since, no listener saw: it goes on as the same view.
    if (place) replaced = location.href;
  }
};

// Functions among the page's settings, by the name that stands for each.
const functions = {};

// The page's settings as JSON, with `{"$function": index}` in place of each function.
export const settingsJson = (settings) =>
  JSON.stringify(settings, (key, value) => {
    if (typeof value != 'function') return value;
    const index = Object.keys(functions).length;
    functions['#' + index] = value;
    return { $function: index };
  });

// What the site's owner set at the collector, as the collector answered, or `!` and the status. What was told once holds while the
// collector does not answer; the browser's cache has it for a minute.
let told, asking;
const REFUSAL = /^!(40[134]|421)$/;
const ask = async (cache) => {
  if (!collector) return;
  let now = '!0';
  try {
    const answer = await fetch(`${collector}sites/${asked.slice(6)}/settings`, { ...quiet, cache });
    now = '!' + answer.status;
    if (answer.ok) now = await answer.text();
  } catch {}
  // A refusal is an answer; anything else is trouble on the way.
  const isFailure = now[0] == '!' && !REFUSAL.test(now);
  if (now != told && !(isFailure && told)) {
    told = now;
    tell(16);
    attempt(() => hurry());
  }
  clearTimeout(asking);
  // Stopped; or refused before it started, and then `init` asks again.
  if (ending ? ending.signal.aborted : REFUSAL.test(now)) return;
  asking = setTimeout(() => document.visibilityState == 'hidden' || ask(), isFailure ? AGAIN_MS : SETTINGS_MS);
};
export function settings(address, site, again) {
  const [base, end] = [address.replace(/\/+$/, '') + '/v1/', '?site=' + encodeURIComponent(site)];
  const isOther = base != collector || end != asked;
  if (isOther || again) {
    if (isOther || REFUSAL.test(told)) told = undefined;
    // The collector can say no before it has read the body.
    [collector, asked] = [base, end];
    effects.push(() => ask(again ? 'no-cache' : 'default'));
  }
  return told;
}

// What promises of the page's functions gave last, by the function's path.
const promised = {};

// Where an ID can be found. All of it is the page's, and may throw.
const providers = {
  cookie(name) {
    for (const part of document.cookie.split('; '))
      if (part.startsWith(name + '=')) {
        const value = part.slice(name.length + 1);
        return attempt(() => decodeURIComponent(value)) ?? value;
      }
  },
  // `app.users[0].id` or `app.users.0.id`
  variable: (path) => path.split(/[.[\]]+/).reduce((at, key) => (key ? at[key] : at), window),
  localStorage: (key) => localStorage.getItem(key),
  sessionStorage: (key) => sessionStorage.getItem(key),
  // A password is nobody's ID.
  selector(selector, attribute) {
    const element = document.querySelector(selector);
    if (element.type == 'password') return;
    return attribute ? element.getAttribute(attribute) : (element.value ?? element.textContent).trim();
  },
  meta: (name) => document.querySelector(`meta[name="${name}"]`).content,
  function(path) {
    const answer = (functions[path] || providers.variable(path))();
    if (!answer || !answer.then) return answer;
    answer.then(
      (value) => promised[path] !== value && ((promised[path] = value), tell(16)),
      () => {},
    );
    return promised[path];
  },
  // `variable:app.session`, `localStorage:key`, ...: the token, or JSON with an `id_token`. One that has expired does not
  // count.
  idToken(place, claim) {
    const [, kind, at] = /(\w+):(.+)/.exec(place);
    const found = providers[kind](at);
    const token = found.id_token || attempt(() => JSON.parse(found).id_token) || found;
    const text = atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
    if (!(claims.exp * 1000 <= Date.now())) return claims[claim || 'sub'];
  },
};

export function provided(kind, at, detail) {
  const value = attempt(() => providers[kind](at, detail));
  if (/string|number|boolean/.test(typeof value)) return '' + value;
}

// Whose recorder it is, which keys may be kept, by their bases, and the name of the cookie that is tried (storage.rs).
let owner, probe;
let permitted = [];
// Of a name the base of its key, such as `wm-euid`, where this site's recorder writes it. All other names are somebody else's.
const baseOf = (name) => (owner ? base(name, owner) : undefined);
const may = (name) => permitted.includes(baseOf(name));

// What is not permitted, or what the browser refuses to keep, is kept for this page.
const memory = {};

const area = (place) => (place ? localStorage : sessionStorage);

// The shortest end of the host's name that takes cookies reaches the most subdomains: found by trying, once.
let domain;
const cookieDomain = () => {
  const labels = location.hostname.split('.');
  domain = '';
  for (let count = 2; count <= labels.length && !domain; count++) {
    const tried = '; domain=' + labels.slice(-count).join('.');
    document.cookie = probe + '=1' + tried;
    if (providers.cookie(probe)) {
      document.cookie = probe + '=; max-age=0' + tried;
      domain = tried;
    }
  }
  return domain;
};

const setCookie = (key, value, days) =>
  (document.cookie = `${key}=${encodeURIComponent(value)}; path=/; max-age=${days * 86400}; samesite=lax${
    domain ?? cookieDomain()
  }${location.protocol == 'https:' ? '; secure' : ''}`);

export function load(key, place, days) {
  const held = memory[key] && memory[key][0];
  if (!may(key)) return held;
  const cookie = place > 1 ? attempt(() => providers.cookie(key)) : undefined;
  const stored = place < 3 ? attempt(() => area(place).getItem(key)) : undefined;
  const value = cookie ?? stored ?? held;
  // Each repairs the other; the cookie, which subdomains share, is right.
  if (place == 2 && value && cookie != stored) save(key, value, place, days);
  return value;
}

export function save(key, value, place, days) {
  if (!value) return remove(key), 0;
  memory[key] = [value, place, days];
  if (!may(key)) return 1;
  let full, kept;
  if (place < 3) {
    try {
      area(place).setItem(key, value);
      kept = 1;
    } catch (error) {
      full = /quota/i.test(error.name) && attempt(() => area(place).length);
    }
  }
  if (place > 1) {
    attempt(() => setCookie(key, value, days));
    kept ||= attempt(() => providers.cookie(key)) == value;
  }
  if (kept || full) delete memory[key];
  return kept ? 0 : full ? 2 : 1;
}

const remove = (key) => {
  delete memory[key];
  if (!baseOf(key)) return;
  attempt(() => providers.cookie(key) != null && setCookie(key, '', 0));
  attempt(() => localStorage.removeItem(key));
  attempt(() => sessionStorage.removeItem(key));
};

// All that the recorder keeps, wherever: where, key, value.
const kept = () => {
  const found = Object.keys(memory).map((key) => ['memory', key, memory[key][0]]);
  for (const where of ['localStorage', 'sessionStorage'])
    attempt(() => {
      for (const key of Object.keys(window[where])) if (baseOf(key)) found.push([where, key, window[where].getItem(key)]);
    });
  attempt(() => {
    for (const part of document.cookie.split('; ')) {
      const [key, value] = part.split('=');
      if (baseOf(key)) found.push(['cookie', key, value]);
    }
  });
  return found;
};
const isConsent = (key) => baseOf(key) == 'wm-consent';

// `purge`: 0 nothing goes, 1 what is kept, 2 what is in memory too.
export function permit(site, bases, probing, purge) {
  [owner, permitted, probe] = [site, bases.trim().split(' '), probing];
  if (!purge) return;
  const held = Object.entries(memory);
  const gone = kept().map(([, key]) => key).filter((key) => !may(key));
  // Consent before all else, and the cookie before what other tabs hear of: they would bring back what they still find.
  gone.sort((one, other) => isConsent(other) - isConsent(one));
  gone.forEach(remove);
  for (const [key, [value, place, days]] of held)
    if (may(key)) save(key, value, place, days);
    else if (purge == 1) memory[key] = [value, place, days];
}

export const keys = (prefix) =>
  [...new Set(kept().map(([, key]) => key))].filter((key) => key.startsWith(prefix)).join('\n');

// Runs `held` when no other page of the site holds the name, until what it answers is kept or `signal` ends it.
const lock = (name, signal, held) => {
  if (locks) return locks.request(name, { signal }, held).catch(() => {});
  // Without locks a lease: written, found unchanged a beat later, and renewed with each. A page that has died renews
  // nothing. One in the background may be let run too seldom to: then two pages send the same, which is stored once.
  const me = Math.random();
  const beat = (isHeld) => {
    if (signal.aborted || !may(name)) return;
    let whose, until;
    attempt(() => ([whose, until] = JSON.parse(localStorage.getItem(name))));
    const left = until - Date.now();
    if (whose == me || !(left > 0 && left <= LEASE_MS)) {
      attempt(() => localStorage.setItem(name, JSON.stringify([me, Date.now() + LEASE_MS])));
      if (whose == me && !isHeld) held((isHeld = 1));
    }
    setTimeout(beat, BEAT_MS, isHeld);
  };
  signal.addEventListener('abort', () =>
    attempt(() => JSON.parse(localStorage.getItem(name))[0] == me && localStorage.removeItem(name)),
  );
  beat();
};

// The tabs whose batches this page wants to send: whether it may.
let owned = {};
let owning;
const claim = (tab, lease) => {
  if (owned[tab]) return tell(20, 0, tab);
  if (tab in owned) return;
  const mine = owned;
  mine[tab] = 0;
  const { signal } = (owning ||= new AbortController());
  attempt(() =>
    lock(lease, signal, () => {
      mine[tab] = 1;
      tell(20, 0, tab);
      return new Promise((over) => signal.addEventListener('abort', over));
    }),
  );
};
export const own = (tab, lease) => effects.push(() => claim(tab, lease));

// A page that holds a lock would not be kept as it is.
const letGo = () => {
  if (owning) owning.abort();
  owned = {};
  owning = 0;
};

const leave = (forGood) => {
  for (const send of [...squeezing]) send();
  tell(12, forGood);
  if (forGood) letGo();
};

// Tells from here on what happens to the page (api.rs has the numbers).
let ending;
export function watch() {
  ending = new AbortController();
  // Before the page's own listeners, which may record.
  const options = { signal: ending.signal, capture: true };
  const on = (target, name, happened) => target.addEventListener(name, happened, options);
  on(window, 'pagehide', () => leave(1));
  on(window, 'pageshow', (event) => event.persisted && (awake(), tell(13)));
  on(document, 'visibilitychange', () => (document.visibilityState == 'hidden' ? leave(0) : (awake(), ask(), tell(16))));
  on(window, 'online', () => (ask(), tell(21)));
  // Another tab may write without a pause; it is looked at now and then. No key: everything was removed.
  let looking;
  on(window, 'storage', ({ key }) => {
    const base = key === null ? '' : baseOf(key);
    if (base == 'wm-out') tell(23, 0, key);
    else if (base != undefined && base != 'wm-lease')
      looking ||= setTimeout(() => {
        looking = 0;
        tell(16);
      }, 100);
  });
  on(window, 'resize', () => {
    measure();
    tell(15);
  });
  const move = () => tell(14);
  const replace = () => {
    replaced = location.href;
    // A navigation from there begins at another path than the one that was read last.
    if (location.pathname != path) tell(24);
  };
  // The browser's own; a page may have put another in its place, which tells nothing.
  const { get } = Object.getOwnPropertyDescriptor(window, 'navigation') || {};
  if (/native code/.test(get) && window.navigation) {
    on(navigation, 'currententrychange', (change) => (change.navigationType == 'replace' ? replace : move)());
  } else {
    for (const [name, happened] of [
      ['pushState', move],
      ['replaceState', replace],
    ]) {
      const before = history[name];
      const patched = function () {
        const result = before.apply(this, arguments);
        happened();
        return result;
      };
      history[name] = patched;
      // Somebody may have patched it after us, and calls ours.
      ending.signal.addEventListener('abort', () => history[name] == patched && (history[name] = before));
    }
    on(window, 'popstate', move);
    on(window, 'hashchange', move);
  }
}

export const unwatch = () => {
  if (ending) ending.abort();
  clearTimeout(asking);
  letGo();
};

// A line on the console, once: a wrong site key refuses every batch.
const said = {};
export const report = (message) => said[message] || console.warn('waymark: ' + (said[message] = message));

// What is to be done once the recorder has been let go of.
let effects = [];

export function carryOut() {
  if (effects.length) {
    const due = effects;
    effects = [];
    for (const effect of due) effect();
  }
}

// As text/plain, or as a blob of no type, a request needs no preflight.
const quiet = { credentials: 'omit', referrerPolicy: 'no-referrer' };
const options = (body) => ({ ...quiet, method: 'POST', body });

// With keepalive it outlives the page. A page may have put a fetch of its own in place, and that one may throw.
const request = async (path, body) => fetch(collector + path + asked, { ...options(body), keepalive: true });

// The last batches as they were sent and answered, and when all of them have been.
const batches = [];
let answered = Promise.resolve();

// What is to be sent once it is compressed. A page that leaves cannot wait for that.
const squeezing = new Set();
const squeeze = async (body) => {
  const { readable, writable } = new CompressionStream('gzip');
  const writer = writable.getWriter();
  writer.write(new TextEncoder().encode(body));
  writer.close();
  return new Response(readable).arrayBuffer();
};

// What the browser sends should the page end without being told.
let atTheEnd;
const cancel = () => {
  if (atTheEnd) atTheEnd.abort();
  atTheEnd = 0;
};
export function postAtTheEnd(body) {
  effects.push(() => {
    cancel();
    if (!body || body.length > AT_THE_END_BYTES || !window.fetchLater) return;
    atTheEnd = new AbortController();
    attempt(() => fetchLater(collector + 'events' + asked, { ...options(body), signal: atTheEnd.signal }));
  });
}

// Sends a batch and tells the answer: the batch's number, status (0 for none), seconds to wait, and the body. That is
// read to its end: until then Chromium counts the request against what a page may have on its way with keepalive.
export function post(number, body, leaving) {
  const batch = { sent: clock(), status: 0, body, answer: '' };
  if (batches.push(batch) > 5) batches.shift();
  effects.push(() => {
    cancel();
    let going;
    const send = (form = body) => {
      squeezing.delete(send);
      return (going ||= request('events', form)
        .then(async (answer) => {
          batch.answer = await answer.text();
          batch.status = answer.status;
          tell(18, 0, `${number} ${answer.status} ${+answer.headers.get('retry-after') | 0}`, batch.answer);
        })
        .catch(() => tell(18, 0, `${number} 0 0`)));
    };
    const isWorthIt = !leaving && body.length > SQUEEZED_BYTES && window.CompressionStream;
    if (isWorthIt) squeezing.add(send);
    answered = Promise.all([answered, isWorthIt ? squeeze(body).then(send, () => send()) : send()]);
  });
}

// What is recorded in a page that nobody sees is kept at once: browsers run its timers late.
let keptAt = 0;
export const whenIdle = () =>
  effects.push(() => {
    const wait = keptAt + SOON_MS - clock();
    const keep = () => {
      keptAt = clock();
      tell(19);
    };
    const idle = () => (window.requestIdleCallback || setTimeout)(keep, { timeout: IDLE_MS });
    if (wait > 0) setTimeout(idle, wait);
    else if (document.visibilityState == 'hidden') Promise.resolve().then(keep);
    else idle();
  });

// Tells the collector of the user's state, and the recorder what it answers, an entry a line.
export function share(number, body) {
  const line = ({ kind, name, version, at, expires, value }) =>
    [kind, name, version, at, expires, value === undefined ? '' : JSON.stringify(value)].join(' ');
  effects.push(() =>
    request('state', body)
      .then(async (answer) => {
        const { entries = [] } = await answer.json();
        tell(22, 0, `${number} ${answer.status} ${+answer.headers.get('retry-after') | 0}`, entries.map(line).join('\n'));
      })
      .catch(() => tell(22, 0, `${number} 0 0`)),
  );
}

export function forget(body) {
  batches.length = 0;
  effects.push(() =>
    answered
      .then(() => request('forget', body))
      .then(({ ok }) => ok || report('the collector did not erase what it has: ask its operator'))
      .catch(() => report('the collector cannot be reached: what it has is not erased; call forget again')),
  );
}

// One tab after the other where there are locks; else a safe order of writes. The pause lets what was written reach the
// others.
export function takeTurn(lock) {
  const turn = () =>
    new Promise((over) => {
      tell(17);
      setTimeout(() => over(tell(17, 1)), 100);
    });
  effects.push(() => (navigator.locks ? navigator.locks.request(lock, turn).catch(turn) : turn()));
}

export function settle(trouble) {
  effects.push(() => settled(trouble));
}

// What `inspect` shows beside what the recorder tells.
export const shown = () => ({ stored: kept().map(([where, key, value]) => ({ key, where, value })), batches });
