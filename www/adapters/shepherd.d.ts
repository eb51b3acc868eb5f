import type { Content, Recording } from './play.js';

/** A tour of Shepherd, as far as it is needed here. */
interface Tour {
  steps: unknown[];
  show(...args: any[]): unknown;
  on(...args: any[]): unknown;
  off(...args: any[]): unknown;
}

/** Records a tour of Shepherd. Without a name it has the tour's `tourName`. */
export function recordShepherd(tour: Tour, content: Content): Recording;

/** Records every tour that is started from now on, and for which `contentOf` says which content it is. */
export function recordEveryShepherd<T>(
  Shepherd: { on(...args: any[]): unknown; off(...args: any[]): unknown },
  contentOf: (tour: T) => Content | undefined,
): Recording;
