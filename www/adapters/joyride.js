/**
 * Records the tours of React Joyride (the npm package react-joyride, 2 and 3) as guidance content.
 *
 *     const record = joyride({ id: 124909, name: 'Log in', then: yourHandler });
 *     <Joyride continuous run={run} steps={steps} onEvent={record} />
 *
 * In version 2 the property is `callback`. `joyride(…)` may stand in a render: what goes on is known by the content's
 * id. Joyride tells nobody when it is unmounted; `joyride(…).stop()` then closes the play.
 */

import { playsOf } from './play.js';

/** The events that are about the step that they name. */
const SHOWING = ['step:before', 'tooltip', 'error:target_not_found'];
/** What goes on, by the content's id: a render makes the handler anew. */
const tours = new Map();

/**
 * @param {import('./play.js').Content & { then?: (data: any, controls: any) => unknown }} content `then` is the site's
 *   own handler
 * @returns {((data: any, controls?: any) => unknown) & { stop(): void }}
 */
export function joyride({ then, ...content }) {
  const tour = tours.get(content.id) ?? { steps: [] };
  tours.set(content.id, tour);
  tour.content = content;
  const handler = (data, controls) => {
    take(tour, data);
    return then?.(data, controls);
  };
  return Object.assign(handler, { stop: () => tour.plays?.end(false) });
}

function take(tour, { type, action, index, size, status, step }) {
  if (step && SHOWING.includes(type)) tour.steps[index] = step;
  // Between plays only: one play has one starter, name and place to go to.
  if (!tour.plays?.isOpen) tour.plays = playsOf(tour.content, (at) => tour.steps[at]);
  const { plays } = tour;
  switch (type) {
    case 'tour:start':
      // A play that goes on was unmounted.
      if (plays.shown !== undefined) plays.end(false);
      Object.assign(tour, { after: undefined, asked: undefined });
      if (!plays.isOpen) tour.plays = playsOf(tour.content, (at) => tour.steps[at]);
      ask(tour, index);
      break;
    case 'step:before':
      ask(tour, index);
      break;
    case 'tooltip':
      // The tour may have been running when recording began.
      if (!plays.isOpen) plays.ask(index);
      plays.show(index);
      tour.asked = undefined;
      break;
    case 'step:after':
      // Version 2 says so of steps that it could not show, too.
      if (action === 'update') break;
      // In StrictMode version 2 does not tell of all that it shows: what is left was shown.
      plays.show(index);
      tour.after = { action, index };
      tour.asked = undefined;
      break;
    case 'error:target_not_found':
      ask(tour, index);
      if (tour.after) tour.after.index += 1;
      break;
    case 'tour:end':
      plays.end(status === 'finished' && tour.after?.action === 'next' && tour.after.index >= size - 1);
      break;
    case 'tour:status':
      if (status === 'paused' || action === 'reset') plays.end(false);
      break;
  }
}

/** Remembers the first step that was asked for: those that are tried after a missing one were not. */
function ask(tour, index) {
  if (tour.asked !== undefined) return;
  tour.asked = index;
  tour.plays.ask(index);
}
