import type { Content } from './play.js';

/** A driver of driver.js, as far as it is needed here. */
interface Driver {
  drive(index?: number): void;
}

/** Records a tour of driver.js; gives the same driver. */
export function recordTour<T extends Driver>(
  tour: T,
  content: Content,
): T & { drive(index?: number, start?: { startedBy?: Content['startedBy'] }): void };
