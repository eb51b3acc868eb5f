/**
 * Records the tours of driver.js (the npm package) as guidance content.
 *
 *     import { driver } from 'driver.js';
 *     import { recordTour } from './adapters/driver.js';
 *
 *     const tour = recordTour(driver({ steps: […] }), { id: 124909, name: 'Log in', startedBy: 'user' });
 *     tour.drive();
 *
 * In comes a driver, out goes the same driver, which from now on records
 *   `play`        when the first step is shown,
 *   `step`        for every later step shown,
 *   `complete`    when the tour ends by next, done or the right arrow key on its last step,
 *   `close`       when it ends in any other way (x, Escape, overlay, `destroy()`),
 *   `playFailed`  when it ends before any step could be shown (no such step; every element missing).
 * `oRequestedSubObject` is the step asked for and `oActualSubObject` the step shown: they differ when driver.js skips a
 * missing element. A step is named by `step.data.id` or `step.id` if that is an integer, else by its place, from 1.
 *
 * The site's own hooks go on working, and a tour goes on without waymark, or when waymark throws.
 */

import { playsOf } from './play.js';

/**
 * @template {import('driver.js').Driver} T
 * @param {T} tour what `driver({…})` returned
 * @param {import('./play.js').Content} content one start may have another starter:
 *   `tour.drive(0, { startedBy: 'rule' })`
 * @returns {T} the same driver
 */
export function recordTour(tour, content) {
  const { drive, moveNext, moveTo, destroy, setConfig, setSteps } = tour;
  const plays = playsOf(content, (index) => tour.getConfig().steps?.[index]);
  const recording = new WeakSet();
  let asked;
  let isFinished = false;
  let advancing = 0;

  // onHighlighted would be the obvious hook, but driver.js drops it for a step that is left before its animation ends.
  function show(_element, _step, { index }) {
    const before = plays.shown;
    if (index === undefined || (asked === undefined && index === before)) return; // highlight() in the midst of a tour
    plays.show(index, asked ?? before + Math.sign(index - before));
    asked = undefined;
    isFinished = false;
  }

  // A site's own hook may finish the tour later (after a request, a question): the intention is kept until then.
  function advance(move) {
    isFinished = tour.isLastStep();
    advancing += 1;
    try {
      return move();
    } finally {
      advancing -= 1;
    }
  }

  function turnAway() {
    if (!advancing) isFinished = false;
  }

  function wrap(hook, act) {
    if (recording.has(hook)) return hook;
    const wrapped = (...args) => act(hook, args);
    recording.add(wrapped);
    return wrapped;
  }

  const onShow = (hook) => wrap(hook, (site, args) => (show(...args), site?.(...args)));
  const onClose = (hook) => wrap(hook, (site, args) => (turnAway(), site(...args)));
  // driver.js neither moves nor ends by itself once these two hooks exist.
  const onNext = (hook) => wrap(hook, (site, args) => advance(() => (site ? site(...args) : tour.moveNext())));
  const onLeave = (hook) => wrap(hook, (site, args) => (turnAway(), site ? site(...args) : tour.destroy()));

  const withButtons = (holder) => ({
    ...holder,
    ...(holder.onNextClick && { onNextClick: onNext(holder.onNextClick) }),
    ...(holder.onDoneClick && { onDoneClick: onNext(holder.onDoneClick) }),
    ...(holder.onCloseClick && { onCloseClick: onClose(holder.onCloseClick) }),
  });
  const withStep = (step) => ({
    ...step,
    ...(step.onHighlightStarted && { onHighlightStarted: onShow(step.onHighlightStarted) }),
    ...(step.popover && { popover: withButtons(step.popover) }),
  });
  const withConfig = (config) => ({
    ...withButtons(config),
    onHighlightStarted: onShow(config.onHighlightStarted),
    onNextClick: onNext(config.onNextClick),
    onDestroyStarted: onLeave(config.onDestroyStarted),
    ...(config.steps && { steps: config.steps.map(withStep) }),
  });

  tour.setConfig = (config = {}) => setConfig(withConfig(config));
  tour.setSteps = (steps) => setSteps(steps.map(withStep));
  tour.moveNext = () => advance(() => moveNext());
  tour.moveTo = (index) => {
    asked = index;
    moveTo(index);
  };
  tour.drive = (index = 0, { startedBy } = {}) => {
    asked = index;
    plays.ask(index, startedBy);
    try {
      drive(index);
    } catch (error) {
      if (plays.shown === undefined) plays.end(false);
      throw error;
    }
  };
  // Recorded first: the site's onDestroyed may leave the page or start the next tour.
  tour.destroy = () => {
    plays.end(isFinished);
    isFinished = false;
    asked = undefined;
    destroy();
  };
  tour.setConfig(tour.getConfig());
  return tour;
}
