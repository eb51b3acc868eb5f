import Shepherd from 'shepherd.js';
import 'shepherd.js/dist/css/shepherd.css';
import { recordEveryShepherd, recordShepherd } from '../../../www/adapters/shepherd.js';
import { places, player, until } from './stage/player.js';

export const play = player({
  selectors: {
    step: '.shepherd-element:not([hidden])',
    next: '.shepherd-element:not([hidden]) .next',
    back: '.shepherd-element:not([hidden]) .back',
    x: '.shepherd-element:not([hidden]) .shepherd-cancel-icon',
    overlay: '.shepherd-modal-overlay-container',
  },
  open({ content, missing, at, wait, veto, every }) {
    let asked = 0;
    const buttons = [
      { text: 'Back', classes: 'back', action() { this.back(); } },
      { text: 'Next', classes: 'next', action() { this.next(); } },
    ];
    const steps = places(missing).map((element, n) => ({
      id: `step-${n}`,
      text: `Step ${n + 1}`,
      attachTo: { element, on: 'bottom' },
      skipMissingElement: !wait,
      waitForElement: wait,
      buttons,
    }));
    const tour = new Shepherd.Tour({
      tourName: 'Its own name',
      useModalOverlay: true,
      confirmCancel: veto && (() => asked++ > 0),
      defaultStepOptions: { cancelIcon: { enabled: true }, scrollTo: false },
      steps,
    });
    let hasFailed = false;
    const record = (...event) => {
      hasFailed ||= event[0] === 'playFailed';
      waymark('record', ...event);
    };
    const recording = every
      ? recordEveryShepherd(Shepherd, (each) => each === tour && { ...content, record })
      : recordShepherd(tour, { ...content, record });
    return {
      start: () => void (at ? tour.show(at) : tour.start()),
      code: () => void tour.cancel(),
      tidy() {
        if (tour.isActive()) tour.complete();
        recording.stop();
      },
      stop: () => recording.stop(),
      failed: () => until(() => hasFailed, 10_000),
    };
  },
});
