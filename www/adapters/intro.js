/**
 * Records the tours of Intro.js (the npm package intro.js, 7 and 8) as guidance content.
 *
 *     const tour = introJs.tour().setOptions({ steps: […] });
 *     const recording = recordIntro(tour, { id: 124909, name: 'Log in', startedBy: 'user' });
 *     tour.start();
 *
 * Intro.js has one place for each callback. They stay the site's, also those that it sets later: the tour finds ours
 * before each of them. `recording.stop()` ends the recording. Hints of version 8 are recorded as tips by `recordHints`.
 */

import { chain, playsOf } from './play.js';

/**
 * @param {import('intro.js').Tour} tour what `introJs.tour()` returned, or `introJs()`
 * @param {import('./play.js').Content} content
 * @returns {{ stop(): void }}
 */
export function recordIntro(tour, content) {
  const stepsOf = () => tour.getOption?.('steps') ?? tour._options?.steps;
  const plays = playsOf(content, (index) => stepsOf()?.[index]);
  const current = () => (tour.getCurrentStep ?? tour.currentStep).call(tour);

  const handlers = {
    // Intro.js begins at the first step, and shows one without its element in the middle of the page.
    start: () => plays.ask(0),
    afterChange: () => plays.show(current(), current()),
    complete: (_step, reason) => reason !== 'skip' && plays.end(true),
    exit: () => plays.end(false),
  };
  return tour.callback ? beforeCallbacks(tour, handlers) : beforeSlots(tour, handlers);
}

/**
 * Records hints as tips: each that is opened is a play of its own.
 *
 * @param {import('intro.js').Hint} hint what `introJs.hint()` returned
 * @param {import('./play.js').Content} content
 * @returns {{ stop(): void }}
 */
export function recordHints(hint, content) {
  const plays = playsOf(content, (index) => hint.getHint(index), 'tip');
  return beforeCallbacks(hint, {
    hintClick(item) {
      const index = hint.getHints().indexOf(item);
      plays.ask(index);
      plays.show(index);
    },
    hintDialogClose: () => plays.end(false),
  });
}

/** Version 8 asks `tour.callback(name)` for each callback. */
function beforeCallbacks(tour, handlers) {
  const own = Object.getOwnPropertyDescriptor(tour, 'callback');
  const { callback } = tour;
  const ours = (name) => {
    const theirs = callback.call(tour, name);
    return Object.hasOwn(handlers, name) ? chain(handlers[name], theirs) : theirs;
  };
  tour.callback = ours;
  return {
    stop() {
      if (tour.callback !== ours) return;
      if (own) tour.callback = callback;
      else delete tour.callback;
    },
  };
}

/** Version 7 keeps each callback in a property. */
function beforeSlots(tour, handlers) {
  const kept = new Map();
  for (const [name, handler] of Object.entries(handlers)) {
    const slot = `_intro${name[0].toUpperCase()}${name.slice(1)}Callback`;
    kept.set(slot, tour[slot]);
    Object.defineProperty(tour, slot, {
      configurable: true,
      enumerable: true,
      get: () => chain(handler, kept.get(slot)),
      set: (theirs) => kept.set(slot, theirs),
    });
  }
  return {
    stop() {
      for (const [slot, value] of kept) {
        Object.defineProperty(tour, slot, { configurable: true, enumerable: true, writable: true, value });
      }
    },
  };
}
