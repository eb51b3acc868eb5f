import type { Content } from './play.js';

/**
 * The handler for `onEvent` of React Joyride 3, or `callback` of 2. `then` is the site's own handler, which is called
 * after it.
 */
export function joyride<Handler extends (...args: any[]) => unknown>(
  content: Content & { then?: Handler },
): ((...args: Parameters<Handler>) => ReturnType<Handler> | undefined) & {
  /** Closes the play that goes on: for a tour that is unmounted. */
  stop(): void;
};
