import { driver } from 'driver.js';
import 'driver.js/dist/driver.css';
import { recordTour } from '../../../www/adapters/driver.js';
import { places, player } from './stage/player.js';

export const play = player({
  selectors: {
    step: '.driver-popover',
    next: '.driver-popover-next-btn',
    back: '.driver-popover-prev-btn',
    x: '.driver-popover-close-btn',
    overlay: '.driver-overlay path',
  },
  open({ content, missing, at = 0 }) {
    const steps = places(missing).map((element, n) => ({ element, popover: { title: `Step ${n + 1}` } }));
    const tour = recordTour(driver({ animate: false, skipMissingElement: true, steps }), content);
    return { start: () => tour.drive(at), code: () => tour.destroy(), tidy: () => tour.destroy() };
  },
});
