// The page's `window.waymark`, and how it comes there: taken over where the page has the snippet, else made and loaded at
// the first `init`. Nothing here may throw into the page.
import { stub } from '../stub.js';

// Two copies of this module can be on one page: one in each bundle, or the earlier one of a hot reload.
const KEY = Symbol.for('@waymark/recorder');

/** Whether there is no page: a server, a worker, a build. */
export const isServer = () => typeof window == 'undefined' || typeof document == 'undefined';

/** What all copies share: `waymark`, the function that takes the calls, and `started`, the outcome of the first `init`. */
export const shared = () => (window[KEY] ??= {});

/** The function that takes the calls. */
export const target = () => {
  const page = shared();
  const present = window.waymark;
  if (present?.call && present != page.waymark) {
    const waiting = page.waymark?.q?.splice(0) ?? [];
    page.waymark = present;
    for (const call of waiting) present.q ? present.q.push(call) : present(...call[2]).then(call[1]);
  }
  // Not in `window` before `init`: a snippet that comes later would take it for another snippet, and load nothing.
  if (!page.waymark) stub(page);
  // After `stop` the last one goes on answering.
  return page.waymark;
};

/** Whether a recorder is on the page, or is being loaded. */
export const isLoading = () => !!window.waymark?.call;

/** Puts the queue on the page and loads the recorder, unless somebody has. */
export const load = (src, { integrity, nonce }) => {
  const waymark = target();
  const queue = waymark.q;
  if (isLoading() || !queue || queue.used == queue) return;
  // A blocked or unreachable script, or one that is something else, leaves nothing waiting.
  const fail = () => {
    if (queue.used == queue) return;
    const error = 'the recorder could not be loaded';
    queue.push = (call) => call[1]({ ok: false, error });
    queue.splice(0).forEach(queue.push);
    console.warn('waymark: ' + error);
  };
  try {
    window.waymark = waymark;
    // A form may have the name `createElement`.
    const script = Document.prototype.createElement.call(document, 'script');
    // Where the page has Trusted Types; what the page allows is its own to say. The recorder takes the policy where it loads
    // its other file: a page allows one of a name.
    try {
      queue.policy = trustedTypes.createPolicy('waymark', { createScriptURL: (url) => url });
      src = queue.policy.createScriptURL(src);
    } catch {}
    script.onload = script.onerror = fail;
    script.async = true;
    if (nonce) script.nonce = nonce;
    if (integrity) {
      script.integrity = integrity;
      script.crossOrigin = 'anonymous';
    }
    script.src = src;
    document.head.append(script);
    // A blocker may have kept the script out of the page.
    if (!script.isConnected) fail();
  } catch {
    fail();
  }
};
