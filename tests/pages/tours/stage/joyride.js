import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { joyride } from '../../../../www/adapters/joyride.js';
import { places, player, until } from './player.js';

window.heard = [];

/** Both versions: the component, the property of its handler, its overlay and further properties. */
export const joyridePlayer = (Joyride, handler, overlay, more) =>
  player({
    selectors: {
      step: '.react-joyride__tooltip',
      next: '[data-action=primary]',
      back: '[data-action=back]',
      x: '[data-action=close]',
      skip: '[data-action=skip]',
      overlay,
    },
    open({ content, missing, at, strict }) {
      const root = createRoot(document.querySelector('#root'));
      const steps = places(missing).map((target, n) => ({
        target,
        content: `Step ${n + 1}`,
        disableBeacon: true,
        placement: 'bottom',
      }));
      const before = heard.length;
      let recording;
      // What is heard of a tour that begins, until its first step is there.
      let begun = null;
      const render = (run) => {
        // Anew at each render, as in a component.
        recording = joyride({ ...content, then: ({ type }) => heard.push(type) });
        const tour = createElement(Joyride, {
          continuous: true,
          showSkipButton: true,
          disableScrolling: true,
          initialStepIndex: at,
          run,
          steps,
          [handler]: recording,
          ...more,
        });
        root.render(strict ? createElement(StrictMode, null, tour) : tour);
      };
      return {
        start: () => {
          begun = heard.length;
          render(true);
        },
        code: () => render(false),
        unmount: () => root.unmount(),
        stop: () => recording.stop(),
        ended: () => until(() => heard.includes('tour:end', before), 10_000),
        isReady: () => {
          const isReady = begun === null ? /^(tooltip|beacon|tour:)/ : /^(tooltip|beacon)/;
          if (!strict && !isReady.test(heard.slice(begun ?? 0).at(-1) ?? '')) return false;
          begun = null;
          return true;
        },
        tidy: () => root.unmount(),
      };
    },
  });
