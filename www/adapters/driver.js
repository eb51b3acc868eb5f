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
 *   `step`        for every step shown, the first one included,
 *   `complete`    when the tour ends by next, done or the right arrow key on its last step,
 *   `close`       when it ends in any other way (x, Escape, overlay, `destroy()`),
 *   `playFailed`  when it ends before any step could be shown (no such step; every element missing).
 * `oRequestedSubObject` is the step asked for and `oActualSubObject` the step shown: they differ when driver.js skips a
 * missing element. A step is named by `step.data.id` or `step.id` if that is an integer, else by its place, from 1.
 *
 * The site's own hooks go on working, and a tour goes on without waymark, or when waymark throws.
 */

const PLUGIN_VERSION = '1.0.0';
const STARTED_BY = { user: 1, rule: 2, code: 3 };

/**
 * @template {import('driver.js').Driver} T
 * @param {T} tour what `driver({…})` returned
 * @param {object} options
 * @param {number} options.id the tour's number (`oId`)
 * @param {string} options.name the tour's name (`oName`)
 * @param {'user' | 'rule' | 'code'} [options.startedBy] who starts it: the user, an auto-play rule, or the page's own
 *   code (the default). One start may differ: `tour.drive(0, { startedBy: 'rule' })`.
 * @param {(type: string, data: object) => void} [options.record] where events go, instead of `window.waymark`
 * @returns {T} the same driver
 */
export function recordTour(tour, { id, name, startedBy = 'code', record = toWaymark }) {
  const { drive, moveNext, moveTo, destroy, setConfig, setSteps } = tour;
  const recording = new WeakSet();
  let play = null;
  let advancing = 0;

  function emit(type, of) {
    try {
      record(type, {
        type: 'wt',
        oId: id,
        oName: name,
        pInit: { type: STARTED_BY[of.startedBy] ?? STARTED_BY.code },
        oRequestedSubObject: stepId(tour, of.requested),
        ...(of.shown !== undefined && { oActualSubObject: stepId(tour, of.shown) }),
        pluginVer: PLUGIN_VERSION,
      });
    } catch {
      // A tour is worth more than its record.
    }
  }

  // onHighlighted would be the obvious hook, but driver.js drops it for a step that is left before its animation ends.
  function show(_element, _step, { index }) {
    if (!play || index === undefined) return;
    const before = play.shown;
    if (play.asked === undefined && index === before) return; // highlight() in the midst of a tour
    play.requested = play.asked ?? before + Math.sign(index - before);
    play.shown = index;
    play.asked = undefined;
    play.finished = false;
    if (before === undefined) emit('play', play);
    emit('step', play);
  }

  function end() {
    if (!play) return;
    const ended = play;
    play = null;
    if (ended.shown === undefined) emit('playFailed', { ...ended, requested: ended.asked });
    else emit(ended.finished ? 'complete' : 'close', ended);
  }

  // A site's own hook may finish the tour later (after a request, a question): the intention is kept until then.
  function advance(move) {
    if (play) play.finished = tour.isLastStep();
    advancing += 1;
    try {
      return move();
    } finally {
      advancing -= 1;
    }
  }

  function turnAway() {
    if (play && !advancing) play.finished = false;
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
    if (play) play.asked = index;
    moveTo(index);
  };
  tour.drive = (index = 0, { startedBy: starter = startedBy } = {}) => {
    play ??= { startedBy: starter };
    play.asked = index;
    try {
      drive(index);
    } catch (error) {
      if (play && play.shown === undefined) end();
      throw error;
    }
  };
  // Recorded first: the site's onDestroyed may leave the page or start the next tour.
  tour.destroy = () => {
    end();
    destroy();
  };
  tour.setConfig(tour.getConfig());
  return tour;
}

function stepId(tour, index) {
  const step = tour.getConfig().steps?.[index];
  return [step?.data?.id, step?.id].find(Number.isInteger) ?? index + 1;
}

function toWaymark(type, data) {
  globalThis.waymark?.('record', type, data);
}
