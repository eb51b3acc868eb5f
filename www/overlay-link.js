// The inspector's link to a page ends with a token (docs/experience.md#see-it-on-your-page). It is taken out of the address,
// and out of the calls that wait, before anything is recorded.
import { scriptOf } from './script.js';

const MARK = /[#?&]waymark-overlay=(\w+)$/;

// Keeps the token in the queue, where a second script finds it that takes over from this one.
export const takeToken = (queue) => {
  try {
    const found = MARK.exec(location.hash);
    if (!found) return;
    const cut = (address) => address.slice(0, -found[0].length);
    queue.token = found[1];
    // Not `history.replaceState`: a router may have put its own there, which tells of another page.
    Reflect.apply(History.prototype.replaceState, history, [history.state, '', cut(location.href)]);
    for (let at = 0; at < queue.length; at++) if (MARK.test(queue[at][3])) queue[at][3] = cut(queue[at][3]);
  } catch {}
};

// Loads the overlay, which asks the collector whether the token is valid.
export const loadOverlay = (settings, queue) => {
  try {
    const { site } = settings;
    const collector = settings.collector.replace(/\/+$/, '');
    const script = scriptOf(collector + '/overlay.js', queue);
    script.waymark = { collector, site, token: queue.token };
    queue.token = '';
    document.head.append(script);
  } catch {}
};
