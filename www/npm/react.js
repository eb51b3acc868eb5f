'use client';
// React: a provider that starts the recorder, and a hook that returns the commands.
import { useEffect } from 'react';
import * as commands from './index.js';

/** Starts the recorder when it is mounted in a browser; what is inside is rendered as it is. */
export function WaymarkProvider({ settings, loading, consent, children }) {
  // StrictMode mounts twice, and settings are often written in place: only the first `init` counts.
  useEffect(() => {
    commands.init(settings, loading);
  }, []);
  const answer = JSON.stringify(consent);
  useEffect(() => {
    if (answer !== undefined) commands.consent(consent);
  }, [answer]);
  return children ?? null;
}

/** The commands; the same object at every call. Calls before the provider is mounted wait for it. */
export function useWaymark() {
  return commands;
}
