import type { Content, Recording } from './play.js';

/** The `detail` of a `waymark:tour` event. Other verbs, and IDs that are no integers, are not recorded. */
export interface TourEventDetail {
  id: number;
  name?: string;
  verb: 'play' | 'step' | 'complete' | 'close' | 'playFailed';
  /** The step, where there is one: an integer. */
  step?: number;
}

/** Records what `waymark:tour` events of the document tell; with `ids`, of these contents only. */
export function recordTourEvents(options?: Pick<Content, 'startedBy' | 'record'> & { ids?: number[] }): Recording;
