//! The TypeScript types of the function `waymark` that pages call, based on the functions that `api` exports. The build
//! writes both to `target/dist/waymark.d.ts`; `www/waymark.d.ts` is the reviewed copy.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The outcome of a call: its result, or the reason why it was not carried out (docs/outcomes.md). */
export type Outcome<Value = undefined> =
  | { ok: true; value: Value; error?: undefined }
  | { ok: false; value?: undefined; error: string };

/** Settings (docs/configuration.md). A function may be given instead of the path of one. */
export interface Settings {
  /** The site's key. */
  site: string;
  /** The collector's address, or a path on the page's own origin. */
  collector: string;
  /** The maximum level. */
  level?: Level;
  /** The consent that holds until the user has answered. */
  consent?: 'implied' | 'wait' | 'anonymous';
  [setting: string]: unknown;
}

/** A level: off, engagement, experience, playback. */
export type Level = 0 | 1 | 2 | 3;

/** A purpose that a user can agree to. */
export type Purpose = 'functional' | 'analytics' | 'playback';

/** The user's answer to the question of consent. */
export type Consent = 'granted' | 'denied' | Purpose[] | { [purpose in Purpose]?: boolean };

/** The kinds of entries of the user's state (docs/state.md). */
export type StateKind = 'walkthru' | 'autoplay' | 'goal' | 'task' | 'course' | 'data';

/** An entry of the user's state. */
export interface StateEntry {
  /** Its kind; only in a list of entries. */
  kind?: StateKind;
  /** Its name; only in a list of entries. */
  name?: string;
  value: unknown;
  /** When it was first set, for `data` when it was last set; epoch ms. */
  at: number;
  /** When it expires, epoch ms. */
  expires: number;
}

/** The arguments of listeners: first the current value, later each change. */
export interface Notices {
  /** The level in force. */
  level: Level;
  /** The user; without `id` if the site does not distinguish users, or before the ID is known. */
  user: { id?: string; identified: boolean };
  /** The entries that changed; removed entries have no `value`. */
  state: { kind: StateKind; name: string; value?: unknown }[];
  /**
   * Events in the open batch, batches that are not acknowledged, whether events wait for consent, user and session, and
   * the lost events of this tab, by reason.
   */
  delivery: { queued: number; unsent: number; held: boolean; lost: { [reason: string]: number } };
}

/**
 * Calls `listener` soon with the current value, and then after each change. The outcome's value is a function that
 * removes the listener.
 */
export function on<Name extends keyof Notices>(
  name: Name,
  listener: (notice: Notices[Name]) => void,
): Promise<Outcome<() => void>>;

/** The commands except `on`, by the names that a page uses. */
export interface Commands {
  init: typeof init;
  record: typeof record;
  identify: typeof identify;
  reset: typeof reset;
  flush: typeof flush;
  consent: typeof consent;
  level: typeof level;
  experience: typeof experience;
  inspect: typeof inspect;
  forget: typeof forget;
  'state.get': typeof stateGet;
  'state.set': typeof stateSet;
  'state.remove': typeof stateRemove;
  'state.all': typeof stateAll;
  stop: typeof stop;
}

/** The function that pages call: `waymark('record', 'purchase', { total: 3 })`. */
export interface Waymark {
  <Name extends keyof Notices>(
    command: 'on',
    name: Name,
    listener: (notice: Notices[Name]) => void,
  ): Promise<Outcome<() => void>>;
  <Name extends keyof Commands>(command: Name, ...given: Parameters<Commands[Name]>): ReturnType<Commands[Name]>;
}

declare global {
  interface Window {
    waymark: Waymark;
  }
  const waymark: Waymark;
}
"#;
