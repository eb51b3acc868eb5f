// What the recorder needs of the browser and web-sys does not give, or only for more bytes than these lines take.

// What happens to the page is told by this: what, and two numbers about it.
let tell;
// Where batches go.
let events;

// Client hints and the user-agent string, a value a line.
export function agent() {
  const hints = navigator.userAgentData;
  const lines = [navigator.userAgent, (hints && hints.platform) || '', hints ? +hints.mobile : ''];
  for (const { brand, version } of (hints && hints.brands) || []) lines.push(brand, version);
  return lines.join('\n') + '\n';
}

// The viewport. Asking for it can make the browser lay the page out: only at the start and when it changed.
let viewport;
const measure = () => (viewport = [innerWidth, innerHeight]);

// The page, a value a line; the title comes last, for it may hold line breaks. An address or a title of many kilobytes
// would crowd out the events that happen there.
export function page() {
  const { protocol, hostname, pathname } = location;
  const [width, height] = viewport || measure();
  const zone = new Date().getTimezoneOffset();
  return [protocol, hostname, pathname.slice(0, 2000), width, height, zone, +(self != top), document.title.slice(0, 1000)].join(
    '\n',
  );
}

export function cookie(name) {
  for (const part of document.cookie.split('; ')) {
    if (part.startsWith(name + '=')) {
      const value = part.slice(name.length + 1);
      try {
        return decodeURIComponent(value);
      } catch {
        return value;
      }
    }
  }
}

// The text or number at a dotted path from window. The getters on the way are the page's and may throw.
export function variable(path) {
  try {
    const value = path.split('.').reduce((at, key) => at[key], window);
    if (typeof value == 'string' || typeof value == 'number') return '' + value;
  } catch {}
}

// Tells from here on what happens to the page: 0 it is hidden or left, 1 its address may have changed, 2 its viewport
// has.
export function listen(collector, door) {
  if (tell) return;
  // Nothing may be thrown into the page, whatever happens inside.
  tell = (what, a = 0, b = 0) => {
    try {
      door(what, a, b);
    } catch {}
  };
  events = collector.replace(/\/+$/, '') + '/v1/events';
  const leave = () => tell(0);
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => document.visibilityState == 'hidden' && leave());
  addEventListener('resize', () => {
    measure();
    tell(2);
  });
  const move = () => tell(1);
  if (window.navigation) {
    navigation.addEventListener('currententrychange', (change) => change.navigationType != 'replace' && move());
  } else {
    const push = history.pushState;
    history.pushState = function () {
      const result = push.apply(this, arguments);
      move();
      return result;
    };
    addEventListener('popstate', move);
  }
}

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

// Sends a batch as text/plain, which needs no preflight; with keepalive it outlives the page. Tells the answer: 3 + the
// batch's number, status (0 for none), seconds to wait.
export function post(number, body) {
  const request = { method: 'POST', body, keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' };
  // A page may have put a fetch of its own in place, and that one may throw. The answer is read to its end: until then
  // Chromium counts the request against what a page may have on its way with keepalive.
  effects.push(() =>
    new Promise((settle) => settle(fetch(events, request)))
      .then((answer) => answer.text().then(() => tell(number + 3, answer.status, +answer.headers.get('retry-after'))))
      .catch(() => tell(number + 3)),
  );
}

// The loader's `settle` answers the page's flushes.
export function settle(trouble) {
  effects.push(() => window.waymark.settle(trouble));
}

// What the browser refuses to keep is kept for this page.
const memory = {};

export function load(key) {
  try {
    return localStorage.getItem(key) ?? memory[key];
  } catch {
    return memory[key];
  }
}

export function save(key, value) {
  memory[key] = value;
  try {
    localStorage.setItem(key, value);
  } catch {}
}
