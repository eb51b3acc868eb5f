// What a page can call: written from src/browser/api.rs and src/browser/types.rs by `cargo xtask build`.

/** What a call is answered: that it was carried out, with what was asked for, or what was wrong (docs/outcomes.md). */
export type Outcome<Value = undefined> =
| { ok: true; value: Value; error?: undefined }
| { ok: false; value?: undefined; error: string };

/** Settings (docs/configuration.md). A function may stand wherever the path of one may. */
export interface Settings {
    /** The site's key. */
    site: string;
    /** The collector's address, or a path on the page's own origin. */
    collector: string;
    /** The most that is collected. */
    level?: Level;
    /** What holds until the user has answered. */
    consent?: 'implied' | 'wait' | 'anonymous';
    [setting: string]: unknown;
}

/** Off, engagement, experience, playback. */
export type Level = 0 | 1 | 2 | 3;

/** What a user can agree to. */
export type Purpose = 'functional' | 'analytics' | 'playback';

/** The user's answer. */
export type Consent = 'granted' | 'denied' | Purpose[] | { [purpose in Purpose]?: boolean };

/** The kinds of entries of the user's state (docs/state.md). */
export type StateKind = 'walkthru' | 'autoplay' | 'goal' | 'task' | 'course' | 'data';

/** An entry of the user's state. */
export interface StateEntry {
    /** Its kind; left out where the page asked by kind and name. */
    kind?: StateKind;
    /** Its name; likewise. */
    name?: string;
    value: unknown;
    /** When it was first set, of `data` when it was last set, in epoch ms. */
    at: number;
    /** When it is forgotten, in epoch ms. */
    expires: number;
}

/** What a listener is called with: at first what holds, later what has changed. */
export interface Notices {
    /** The level in force. */
    level: Level;
    /** The user; no `id` where users are not told apart, or before the ID is known. */
    user: { id?: string; identified: boolean };
    /** The entries that changed; those that are gone have no `value`. */
    state: { kind: StateKind; name: string; value?: unknown }[];
    /**
     * Events in the open batch, batches that are not acknowledged, whether events wait until consent, user and session are known,
     * and the events of this tab that were lost, by reason.
     */
    delivery: { queued: number; unsent: number; held: boolean; lost: { [reason: string]: number } };
}

/**
 * Calls `listener` soon with what holds, and then whenever it has changed. The value is a function that takes the listener
 * off.
 */
export function on<Name extends keyof Notices>(
name: Name,
listener: (notice: Notices[Name]) => void,
): Promise<Outcome<() => void>>;

/** The commands but for `on`, by the names that a page calls them by. */
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

/** The page's function: `waymark('record', 'purchase', { total: 3 })`. */
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



/**
 * What the user agreed to.
 */
export function consent(answer: Consent): Promise<Outcome>;

/**
 * In manual mode: levels 2 and 3 may begin, or must end.
 */
export function experience(isOn: boolean): Promise<Outcome>;

/**
 * Sends what is queued. It is answered when every event recorded before it was acknowledged, or was not.
 */
export function flush(): Promise<Outcome>;

/**
 * Removes everything here, collects nothing more on this page, and asks the collector to erase what it has of the
 * anonymous user.
 */
export function forget(): Promise<Outcome>;

/**
 * The user is `id` from here on, on this page. With a `signature` of the site's server the user's state is that of all
 * their browsers.
 */
export function identify(id: string | number | bigint, options?: { signature?: string }): Promise<Outcome>;

/**
 * Starts the recorder, within what the site's owner set at the collector, and records the first page view. Of several
 * calls the first that succeeds counts.
 */
export function init(settings: Settings): Promise<Outcome>;

/**
 * Shows everything that is held, kept and was sent lately.
 */
export function inspect(): Promise<Outcome<{ [member: string]: unknown }>>;

/**
 * The page wants no more than this level.
 */
export function level(most: Level): Promise<Outcome>;

/**
 * Records an event. `flush` tells whether it arrived.
 */
export function record(type: string, data?: object): Promise<Outcome>;

/**
 * The user left: a new anonymous user, in a new session.
 */
export function reset(): Promise<Outcome>;

/**
 * All entries of the user's state.
 */
export function stateAll(): Promise<Outcome<StateEntry[]>>;

/**
 * An entry of the user's state; `null` if there is none.
 */
export function stateGet(kind: StateKind, name: string | number): Promise<Outcome<StateEntry | null>>;

/**
 * Removes an entry of the user's state.
 */
export function stateRemove(kind: StateKind, name: string | number): Promise<Outcome>;

/**
 * Keeps an entry of the user's state for so many days, 365 unless the page says otherwise, and records the change
 * unless `record` is `false`.
 */
export function stateSet(kind: StateKind, name: string | number, value: unknown, options?: { days?: number; record?: boolean }): Promise<Outcome>;

/**
 * Sends what is queued, and takes recorder, listeners and `window.waymark` off the page.
 */
export function stop(): Promise<Outcome>;
