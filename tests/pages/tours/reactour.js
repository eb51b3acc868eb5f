import { TourProvider, useTour } from '@reactour/tour';
import { createElement, StrictMode, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { reactour } from '../../../www/adapters/reactour.js';
import { places, player } from './stage/player.js';

const useRecordedTour = reactour({ useEffect, useRef, useTour });

export const play = player({
  selectors: {
    step: '.reactour__popover',
    next: '.reactour__popover button[aria-label="Go to next step"]',
    back: '.reactour__popover button[aria-label="Go to prev step"]',
    x: '.reactour__close-button',
    overlay: '.reactour__mask',
  },
  open({ content, missing, at = 0, strict, none }) {
    const root = createRoot(document.querySelector('#root'));
    const steps = none ? [] : places(missing).map((selector, n) => ({ selector, content: `Step ${n + 1}` }));
    let tour, isOpen;
    function Page() {
      useRecordedTour(content);
      tour = useTour();
      // After the adapter's own effects.
      useEffect(() => { isOpen = tour.isOpen; });
      return null;
    }
    const provider = createElement(TourProvider, { steps, startAt: at }, createElement(Page));
    root.render(strict ? createElement(StrictMode, null, provider) : provider);
    return {
      start: async () => {
        while (!tour) await new Promise((done) => setTimeout(done));
        tour.setIsOpen(true);
        while (!isOpen) await new Promise((done) => setTimeout(done));
      },
      code: () => tour.setIsOpen(false),
      unmount: () => root.unmount(),
      tidy: () => root.unmount(),
    };
  },
});
