/**
 * Records what a page or a library tells by the DOM event `waymark:tour`, for tours that have no adapter.
 *
 *     const recording = recordTourEvents();
 *     const detail = { id: 124909, name: 'Log in', verb: 'play', step: 1 };
 *     document.dispatchEvent(new CustomEvent('waymark:tour', { detail }));
 *
 * It is for pages that ask for it: every script of the page can send such events. `recording.stop()` ends it.
 */

import { eventsOf } from './play.js';

const VERBS = ['play', 'step', 'complete', 'close', 'playFailed'];
const LONGEST_NAME = 200;

/**
 * @param {object} [options]
 * @param {number[]} [options.ids] the only contents that are recorded
 * @param {'user' | 'rule' | 'code'} [options.startedBy]
 * @param {(type: string, data: object) => void} [options.record] where events go, instead of `window.waymark`
 * @returns {{ stop(): void }}
 */
export function recordTourEvents({ ids, startedBy, record } = {}) {
  function take(event) {
    try {
      const { id, name, verb, step } = event.detail;
      if (!Number.isInteger(id) || !VERBS.includes(verb) || (ids && !ids.includes(id))) return;
      const named = typeof name === 'string' ? name.slice(0, LONGEST_NAME) : undefined;
      eventsOf({ id, name: named, startedBy, record }, 'wt')(verb, {
        ...(Number.isInteger(step) && { oRequestedSubObject: step }),
        ...(Number.isInteger(step) && verb !== 'playFailed' && { oActualSubObject: step }),
      });
    } catch {
      // Any script may send any detail.
    }
  }

  document.addEventListener('waymark:tour', take);
  return { stop: () => document.removeEventListener('waymark:tour', take) };
}
