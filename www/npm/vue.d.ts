import type { App } from 'vue';
import type * as commands from './index.js';

/** The plugin: `app.use(waymark, settings)`. */
export const waymark: {
  install(app: App, settings: commands.Settings, loading?: commands.Loading): void;
};

/** The commands; the same object at every call. */
export function useWaymark(): typeof commands;

declare module 'vue' {
  interface ComponentCustomProperties {
    $waymark: typeof commands;
  }
}
