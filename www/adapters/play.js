// What the adapters share: which events the plays of one content make. The rules are in docs/adapters.md.

/** The version of the adapters (`pluginVer`). */
const PLUGIN_VERSION = '1.0.0';
const STARTED_BY = { user: 1, rule: 2, code: 3 };
/** How long a tour that was asked to start may show nothing. */
const PATIENCE_MS = 5000;

/**
 * @typedef {object} Content what every adapter takes
 * @property {number} id the content's number (`oId`), an integer
 * @property {string} [name] the content's name (`oName`)
 * @property {'user' | 'rule' | 'code'} [startedBy] who starts it: the user, an auto-play rule, or the page's own code
 *   (the default)
 * @property {Record<string, number>} [steps] numbers for the steps that the library names by texts
 * @property {(type: string, data: object) => void} [record] where events go, instead of `window.waymark`
 */

/**
 * A function that records an event of the content. It never throws: a tour is worth more than its record.
 *
 * @param {Content} content
 * @param {string} type the kind's code
 * @returns {(verb: string, more?: object, starter?: string) => void}
 */
export function eventsOf({ id, name, startedBy, record = toWaymark }, type) {
  return (verb, more, starter = startedBy) => {
    try {
      record(verb, {
        type,
        oId: id,
        ...(name !== undefined && { oName: name }),
        pInit: { type: STARTED_BY[starter] ?? STARTED_BY.code },
        ...more,
        pluginVer: PLUGIN_VERSION,
      });
    } catch {
      // The page's own function failed, or its data are odd.
    }
  };
}

/**
 * Plays of one content. Each begins with `play` when its first step is shown, and has exactly one end.
 *
 * @param {Content} content
 * @param {(index: number) => any} stepAt the library's step at a place, from 0
 * @param {string} [type] the kind's code
 */
export function playsOf(content, stepAt, type = 'wt') {
  const record = eventsOf(content, type);
  let play;

  const stepId = (index) => {
    const step = stepAt(index);
    return [step?.data?.id, step?.id, content.steps?.[step?.id]].find(Number.isInteger) ?? index + 1;
  };

  const emit = (verb, { starter, requested, shown }, more) =>
    record(
      verb,
      {
        ...(requested !== undefined && { oRequestedSubObject: stepId(requested) }),
        ...(shown !== undefined && { oActualSubObject: stepId(shown) }),
        ...more,
      },
      starter,
    );

  function fail() {
    if (play.shown === undefined && !play.hasFailed) emit('playFailed', { ...play, requested: play.asked });
    play.hasFailed = true;
  }

  return {
    /** The place of the step that is shown; `undefined` where no play has shown one. */
    get shown() {
      return play?.shown;
    },
    /** Whether a play goes on, or was asked for. */
    get isOpen() {
      return play !== undefined;
    },
    /** The content was asked to start, or to go on, at a step. */
    ask(index, starter = content.startedBy) {
      if (!play) {
        const begun = { starter };
        begun.timer = setTimeout(() => play === begun && fail(), PATIENCE_MS);
        play = begun;
      }
      play.asked = index;
    },
    /** A step is shown, in place of the one that was asked for. The step that is shown already is no other one. */
    show(shown, requested = play?.asked ?? shown) {
      if (!play) return;
      clearTimeout(play.timer);
      play.asked = undefined;
      if (play.shown === shown) return;
      const verb = play.shown === undefined ? 'play' : 'step';
      Object.assign(play, { shown, requested });
      emit(verb, play);
    },
    /** The play is over. */
    end(isComplete, verb = isComplete ? 'complete' : 'close', more = undefined) {
      if (!play) return;
      clearTimeout(play.timer);
      if (play.shown === undefined) fail();
      else emit(verb, play, more);
      play = undefined;
    },
  };
}

/** Calls the page's function after ours, as if ours were not there. */
export const chain = (ours, theirs) =>
  function (...args) {
    ours.apply(this, args);
    return theirs?.apply(this, args);
  };

function toWaymark(type, data) {
  globalThis.waymark?.('record', type, data);
}
