/**
 * Records the tours of Reactour (the npm package @reactour/tour) as guidance content.
 *
 *     import { useEffect, useRef } from 'react';
 *     import { useTour } from '@reactour/tour';
 *     const useRecordedTour = reactour({ useEffect, useRef, useTour });
 *
 *     function Page() { // inside of the TourProvider
 *       useRecordedTour({ id: 124909, name: 'Log in', startedBy: 'user' });
 *
 * Reactour has no "done": a tour that is closed while its last step is shown is complete. With `completeOn:
 * 'last-step-shown'` it is complete where its last step was shown at all.
 */

import { playsOf } from './play.js';

/**
 * @param {{ useEffect: Function, useRef: Function, useTour: Function }} hooks of React and Reactour
 * @returns {(content: import('./play.js').Content & { completeOn?: 'last-step' | 'last-step-shown' }) => void}
 */
export function reactour({ useEffect, useRef, useTour }) {
  return (content) => {
    const { isOpen, currentStep, steps = [] } = useTour();
    const ref = useRef(null);
    ref.current ??= { steps };
    const tour = ref.current;
    tour.content = content;
    tour.steps = steps;
    useEffect(() => follow(tour, isOpen, currentStep), [isOpen, currentStep, steps.length]);
    useEffect(() => {
      tour.isMounted = true;
      return () => {
        tour.isMounted = false;
        // StrictMode unmounts and mounts again at once.
        queueMicrotask(() => tour.isMounted || end(tour));
      };
    }, []);
  };
}

function follow(tour, isOpen, at) {
  if (!isOpen) return end(tour);
  if (!tour.plays?.isOpen) {
    tour.plays = playsOf(tour.content, (index) => tour.steps[index]);
    tour.sawLast = false;
    tour.plays.ask(at);
  }
  if (!tour.steps[at]) return;
  tour.plays.show(at, at);
  tour.isLast = at === tour.steps.length - 1;
  tour.sawLast ||= tour.isLast;
}

function end({ plays, content, isLast, sawLast }) {
  plays?.end(content.completeOn === 'last-step-shown' ? sawLast : isLast);
}
