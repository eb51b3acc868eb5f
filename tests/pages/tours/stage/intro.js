import { recordIntro } from '../../../../www/adapters/intro.js';
import { places, player } from './player.js';

/** Both versions: one call makes a tour. */
export const introPlayer = (create) =>
  player({
    selectors: {
      step: '.introjs-tooltip',
      next: '.introjs-nextbutton',
      back: '.introjs-prevbutton',
      x: '.introjs-skipbutton',
      overlay: '.introjs-overlay',
      parts: '.introjs-overlay, .introjs-helperLayer, .introjs-tooltipReferenceLayer',
    },
    open({ content, missing, none, veto }) {
      const tour = create();
      const steps = places(missing).map((place, n) => ({
        element: document.querySelector(place) ?? undefined,
        intro: `Step ${n + 1}`,
      }));
      tour.setOptions({ steps: none ? [] : steps, scrollToElement: false });
      const recording = recordIntro(tour, content);
      if (veto) refuseOnce(tour);
      return { start: () => void tour.start(), code: () => void tour.exit(), stop: () => recording.stop() };
    },
  });

/** A site's callbacks, set after the recording began: it lets nobody go at the first time. */
function refuseOnce(tour) {
  window.calls = [];
  const call = (name, answer) =>
    function () {
      calls.push(this === tour ? name : 'a foreign this');
      return answer?.();
    };
  let mayLeave = false;
  tour.oncomplete(call('complete'));
  tour.onexit(call('exit'));
  tour.onbeforeexit(() => {
    const answer = mayLeave;
    mayLeave = true;
    return answer;
  });
}
