import type { Content, Recording } from './play.js';

/** A tour of Intro.js 8 (`introJs.tour()`) or 7 (`introJs()`), as far as it is needed here. */
interface Tour {
  start(...args: any[]): unknown;
  exit(...args: any[]): unknown;
  currentStep(): number | undefined;
}

/** Records a tour of Intro.js. */
export function recordIntro(tour: Tour, content: Content): Recording;
