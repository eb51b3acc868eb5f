import type { Content } from './play.js';

/** What the hook is made of: `useEffect` and `useRef` of React, `useTour` of Reactour. */
interface Hooks {
  useEffect(effect: () => void | (() => void), dependencies?: readonly unknown[]): void;
  useRef<T>(value: T): { current: T };
  useTour(): { isOpen: boolean; currentStep: number; steps: unknown[] };
}

/** A hook that records the tour of the provider around it. */
export function reactour(hooks: Hooks): (
  content: Content & {
    /** When a closed tour is complete: on its last step (the default), or on any step, once the last was shown. */
    completeOn?: 'last-step' | 'last-step-shown';
  },
) => void;
