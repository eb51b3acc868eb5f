// What the recorder needs of the browser and web-sys does not give, or only for more bytes than these lines take.

// Client hints and the user-agent string, a value a line.
export function agent() {
  const hints = navigator.userAgentData;
  const lines = [navigator.userAgent, (hints && hints.platform) || '', hints ? +hints.mobile : ''];
  for (const { brand, version } of (hints && hints.brands) || []) lines.push(brand, version);
  return lines.join('\n');
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

// Tells what happens to the page: 0 it is hidden or left, 1 its viewport changed, 2 its address may have changed.
export function listen(tell) {
  const leave = () => tell(0);
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => document.visibilityState == 'hidden' && leave());
  addEventListener('resize', () => tell(1));
  const move = () => tell(2);
  if (window.navigation) {
    navigation.addEventListener('currententrychange', move);
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

// Sends a batch as text/plain, which needs no preflight. With keepalive it outlives the page.
export function post(url, body, number, answered) {
  fetch(url, { method: 'POST', body, keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' }).then(
    (answer) => answered(number, answer.status, +answer.headers.get('retry-after') || 0),
    () => answered(number, 0, 0),
  );
}
