/**
 * Records the tours of Shepherd (the npm package shepherd.js) as guidance content.
 *
 *     const tour = new Shepherd.Tour({ tourName: 'Log in', steps: […] });
 *     const recording = recordShepherd(tour, { id: 124909, startedBy: 'user' });
 *     tour.start();
 *
 * Shepherd is not imported: the tour brings everything along. `recording.stop()` ends the recording.
 */

import { playsOf } from './play.js';

/**
 * @param {import('shepherd.js').Tour} tour
 * @param {import('./play.js').Content} content without a name: the tour's `tourName`
 * @returns {{ stop(): void }}
 */
export function recordShepherd(tour, content) {
  const { stop } = follow(tour, content);
  return { stop };
}

/**
 * Records every tour that is started from now on.
 *
 * @param {import('shepherd.js').default} Shepherd
 * @param {(tour: import('shepherd.js').Tour) => import('./play.js').Content | undefined} contentOf says which content a
 *   tour is; those for which it says nothing are not recorded
 * @returns {{ stop(): void }}
 */
export function recordEveryShepherd(Shepherd, contentOf) {
  const followed = new Map();

  function begin({ tour }) {
    const content = followed.has(tour) ? undefined : contentOf(tour);
    if (content) followed.set(tour, follow(tour, content));
    return followed.get(tour);
  }

  const handlers = { start: (event) => begin(event)?.plays.ask(0), active: begin };
  for (const [event, handler] of Object.entries(handlers)) Shepherd.on(event, handler);
  return {
    stop() {
      for (const [event, handler] of Object.entries(handlers)) Shepherd.off(event, handler);
      for (const { stop } of followed.values()) stop();
      followed.clear();
    },
  };
}

function follow(tour, content) {
  const plays = playsOf({ name: tour.options?.tourName, ...content }, (index) => tour.steps[index]);
  const showing = new Map();
  const { show } = tour;
  let last;

  const at = (key = 0) => (typeof key === 'string' ? tour.steps.findIndex((step) => step.id === key) : key);

  // The tour's own `show` comes before its element has been waited for; the step's comes when it can be seen.
  function onShow({ step }) {
    // The tour was running when its recording began.
    if (!plays.isOpen) plays.ask(tour.steps.indexOf(step));
    if (showing.has(step)) return;
    const shown = () => plays.show(tour.steps.indexOf(step));
    showing.set(step, shown);
    step.on('show', shown);
  }

  const handlers = {
    start: () => plays.ask(0),
    show: onShow,
    complete: () => plays.end(true),
    cancel: () => plays.end(false),
  };

  function shows(key, forward = true) {
    const index = at(key);
    // A step that is skipped is followed by its neighbour: what was asked for is still the first of them.
    const isSkip = last !== undefined && last !== plays.shown && index === last + (forward ? 1 : -1);
    if (tour.steps[index] && !isSkip) plays.ask(index);
    last = index;
    return show.call(tour, key, forward);
  }

  tour.show = shows;
  for (const [event, handler] of Object.entries(handlers)) tour.on(event, handler);
  return {
    plays,
    stop() {
      if (tour.show === shows) tour.show = show;
      for (const [event, handler] of Object.entries(handlers)) tour.off(event, handler);
      for (const [step, shown] of showing) step.off('show', shown);
      showing.clear();
    },
  };
}
