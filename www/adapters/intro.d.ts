import type { Content, Recording } from './play.js';

/** A tour of Intro.js 8 (`introJs.tour()`) or 7 (`introJs()`), as far as it is needed here. */
interface Tour {
  start(...args: any[]): unknown;
  exit(...args: any[]): unknown;
  currentStep(): number | undefined;
}

/** Records a tour of Intro.js. */
export function recordIntro(tour: Tour, content: Content): Recording;

/** Hints of Intro.js 8 (`introJs.hint()`), as far as they are needed here. */
interface Hints {
  callback(...args: any[]): unknown;
  getHint(index: number): unknown;
  getHints(): unknown[];
}

/** Records hints of Intro.js 8 as tips: each that is opened is a play of its own. */
export function recordHints(hint: Hints, content: Content): Recording;
