import type { ReactNode } from 'react';
import type * as commands from './index.js';

export interface WaymarkProviderProps {
  settings: commands.Settings;
  loading?: commands.Loading;
  /** What the user agreed to; nothing while the question is open. */
  consent?: commands.Consent;
  children?: ReactNode;
}

/** Starts the recorder when it is mounted in a browser. The first settings count. */
export function WaymarkProvider(props: WaymarkProviderProps): ReactNode;

/** The commands; the same object at every call. */
export function useWaymark(): typeof commands;
