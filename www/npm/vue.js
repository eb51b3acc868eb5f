// Vue 3: a plugin that starts the recorder.
import * as commands from './index.js';

/** `app.use(waymark, settings)`; templates have the commands as `$waymark`. */
export const waymark = {
  install(app, settings, loading) {
    app.config.globalProperties.$waymark = commands;
    commands.init(settings, loading);
  },
};

/** The commands, for `<script setup>`. */
export function useWaymark() {
  return commands;
}
