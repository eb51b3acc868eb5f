// What a page can call: written from src/browser/api.rs and src/browser/types.rs by `cargo xtask build`.

/**
 * The outcome of a call: its result, with a note if something was done in another way than asked for; or the reason why it was
 * not carried out (docs/outcomes.md).
 */
export type Outcome<Value = undefined> =
| { ok: true; value: Value; note?: string; error?: undefined }
| { ok: false; value?: undefined; error: string };

/** Settings (docs/configuration.md). `'batch.events'` is short for `batch: { events }`; the types have the long form. */
export interface Settings {
    /** The site's key. */
    site: string;
    /** The collector's address, or a path on the page's own origin. */
    collector: string;
    /** The maximum level. */
    level?: Level;
    /** The site's environment; 0 is production. */
    env?: number;
    /** The A/B permutation; -1 is none. */
    permId?: number;
    /** The data centre of the site's data. */
    region?: 'us' | 'eu';
    /** The percentage of browsers that are recorded. */
    sampling?: number;
    /** The storage area of the user's state. */
    state?: 'localStorage' | 'cookie';
    /** The providers of the user's ID, in order. */
    user?: UserProvider | UserProvider[];
    identity?: {
        /** How long a provider may take at the start of a page, in ms. */
        waitMs?: number;
        /** Whether IDs are hashed in the browser. */
        hash?: boolean;
        /** The prefix of an ID before it is hashed. */
        salt?: string;
        /** Whether an event links the anonymous user to the known one. */
        link?: boolean;
        /** How long the anonymous ID and the consent are stored, in days. */
        days?: number;
    };
    collect?: {
        url?: boolean;
        pathname?: boolean;
        /** Whether e-mail addresses, tokens and UUIDs stay in addresses and titles. */
        paths?: 'exact' | 'safe';
        /** The names of the query parameters that are collected. */
        query?: string | string[];
        hash?: boolean;
        title?: boolean;
        /** How long a page view waits for its title, in ms. */
        titleWaitMs?: number;
        pageViews?: boolean;
        /** Whether `history.replaceState` to another path counts as a page view. */
        replaceState?: boolean;
        browserName?: boolean;
        browserVersion?: boolean;
        mobile?: boolean;
        osName?: boolean;
        osVersion?: boolean;
        screen?: boolean;
        timezone?: boolean;
    };
    experience?: {
        clicks?: boolean;
        changes?: boolean;
        submits?: boolean;
        /** Rage clicks and dead clicks. */
        frustration?: boolean;
        /** Texts, labels, names, titles, addresses and attributes of elements. */
        text?: boolean;
        /** Whether the masks of other tools count. */
        foreign?: boolean;
        /** The names of further attributes that are recorded. */
        attributes?: string | string[];
    };
    /** The elements that are censored. */
    censor?: {
        ids?: string | string[];
        classes?: string | string[];
        selectors?: string | string[];
    };
    /** The consent that holds until the user has answered. */
    consent?: 'implied' | 'wait' | 'anonymous';
    /** What is collected with Global Privacy Control. */
    gpc?: 'limit' | 'deny';
    /** What is collected with Do Not Track. */
    dnt?: 'ignore' | 'limit' | 'deny';
    /** A function, or its dotted path from `window`: levels 2 and 3 are collected only if it returns `true`. */
    gate?: PageFunction;
    /** Whether levels 2 and 3 wait for `waymark('experience', true)`. */
    manual?: boolean;
    batch?: {
        /** The maximum number of events. */
        events?: number;
        /** The maximum size of the JSON, in bytes. */
        bytes?: number;
        /** The maximum age of the first event, in ms. */
        ageMs?: number;
    };
}

/** Providers of the user's ID (docs/identity.md). `none` and `generated` end the list. */
export type UserProvider = 'none' | 'generated' | UserPlaces;

/** Places of the user's ID, read in this order. */
export interface UserPlaces {
    /** The name of a cookie. */
    cookie?: string;
    /** A dotted path from `window`. */
    variable?: string;
    /** A key of localStorage. */
    localStorage?: string;
    /** A key of sessionStorage. */
    sessionStorage?: string;
    /** The CSS selector of an element. */
    selector?: string;
    /** With `selector`: the attribute to read. */
    attribute?: string;
    /** The name of a `<meta>` element. */
    meta?: string;
    /** A function that returns the ID or a promise of it, or its dotted path from `window`. */
    function?: PageFunction;
    /** The place of an ID token, such as `variable:app.session`. */
    idToken?: string;
    /** With `idToken`: the claim to read, `sub` by default. */
    claim?: string;
}

/** A function, or its dotted path from `window`. */
export type PageFunction = string | (() => unknown);

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

/** What a click on an element would record now. */
export interface Explanation {
    /** `page`: the click is about no element. `off`: nothing is captured at the level in force. */
    privacy: 'open' | 'censored' | 'hidden' | 'page' | 'off';
    /** The rule that censors or hides the element. */
    rule?: string;
    /** The data of `elementClick` without the pointer; `null` if nothing is recorded. */
    data: { [member: string]: unknown } | null;
    /** The parts that the element has: whether each is recorded, and the rule that leaves it out or allows it. */
    parts: { part: string; recorded: boolean; rule?: string }[];
    /** The element that the event is about. Not enumerable, so that the explanation can be written as JSON. */
    element?: Element;
    /** The element whose mark, setting or kind censors or hides it. Not enumerable. */
    region?: Element;
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
    explain: typeof explain;
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



/**
 * Sets what the user agreed to.
 */
export function consent(answer: Consent): Promise<Outcome>;

/**
 * In manual mode: allows levels 2 and 3, or ends them.
 */
export function experience(isOn: boolean): Promise<Outcome>;

/**
 * Returns what a click on the element, or on the first one that a selector finds, would record now, and the rule that
 * censors or hides it.
 */
export function explain(element: Element | string): Promise<Outcome<Explanation>>;

/**
 * Sends the queued events. Settles when the collector has acknowledged every event recorded before the call, or has
 * not.
 */
export function flush(): Promise<Outcome>;

/**
 * Removes all data in the browser, ends recording on this page, and asks the collector to erase the data of the
 * anonymous user.
 */
export function forget(): Promise<Outcome>;

/**
 * Identifies the user as `id` from now on, on this page. With a `signature` of the site's server, the user's browsers
 * share the user's state.
 */
export function identify(id: string | number | bigint, options?: { signature?: string }): Promise<Outcome>;

/**
 * Starts the recorder with settings that may restrict those of the site's owner, and records the first page view. The
 * first call that succeeds counts.
 */
export function init(settings: Settings): Promise<Outcome>;

/**
 * Returns everything that the recorder holds and has stored, and the last batches.
 */
export function inspect(): Promise<Outcome<{ [member: string]: unknown }>>;

/**
 * Limits the level on this page.
 */
export function level(most: Level): Promise<Outcome>;

/**
 * Records an event. `flush` reports whether it arrived.
 */
export function record(type: string, data?: object): Promise<Outcome>;

/**
 * Signs the user out: begins a new session with a new anonymous user.
 */
export function reset(): Promise<Outcome>;

/**
 * Returns all entries of the user's state.
 */
export function stateAll(): Promise<Outcome<StateEntry[]>>;

/**
 * Returns an entry of the user's state; `null` if there is none.
 */
export function stateGet(kind: StateKind, name: string | number): Promise<Outcome<StateEntry | null>>;

/**
 * Removes an entry of the user's state.
 */
export function stateRemove(kind: StateKind, name: string | number): Promise<Outcome>;

/**
 * Stores an entry of the user's state for `days` days, 365 by default, and records the change unless `record` is
 * `false`.
 */
export function stateSet(kind: StateKind, name: string | number, value: unknown, options?: { days?: number; record?: boolean }): Promise<Outcome>;

/**
 * Sends the queued events, and removes recorder, listeners and `window.waymark` from the page.
 */
export function stop(): Promise<Outcome>;
