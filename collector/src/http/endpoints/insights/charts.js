// Charts as SVG. Each stands beside the numbers that it shows, which screen readers read.

import { makeSvg } from './values.js';

/** A bar for a part of a whole, in a cell. */
export function meter(part) {
  const width = Math.max(0, Math.min(1, part)) * 100;
  return makeSvg('svg', { class: 'meter', viewBox: '0 0 100 5', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    makeSvg('rect', { width: 100, height: 5 }), makeSvg('rect', { width, height: 5 }));
}
