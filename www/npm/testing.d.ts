/** An event as the export has it; `docs/wire.md` has its members. */
export interface StoredEvent {
  id: string;
  /** When it was recorded, epoch ms. */
  time: number;
  type: string;
  data?: { [member: string]: any };
  [member: string]: any;
}

/** An event that the collector refused. */
export interface BadEvent {
  event: unknown;
  /** The stable code, such as `invalid-batch`. */
  reason: string;
  message: string;
}

export interface Counts {
  total: number;
  good: number;
  bad: number;
}

/**
 * What an event must have. Objects may have more members than expected; lists must have the same length. A function is called
 * with the member's value and returns whether it is right; a regular expression must match a string.
 */
export interface Expected {
  type?: string | RegExp | ((type: any) => boolean);
  data?: { [member: string]: unknown };
  [member: string]: unknown;
}

export interface WaitOptions {
  /** How long to wait; 10,000 by default. */
  timeoutMs?: number;
  /** Whether refused events are no error. */
  allowBad?: boolean;
}

/** A collector that `waymark-collector micro` has started. */
export interface Micro {
  /** How many events came. */
  all(): Promise<Counts>;
  /** The stored events. */
  good(): Promise<StoredEvent[]>;
  /** The refused events. */
  bad(): Promise<BadEvent[]>;
  /** Removes all. */
  reset(): Promise<Counts>;
  /**
   * Waits until the expected events are stored, in this order, others between them, and returns them. Rejects with what is
   * missing or different when the time is over, and at once where an event was refused.
   */
  waitForEvents(expected: Expected | Expected[], options?: WaitOptions): Promise<StoredEvent[]>;
}

/** The collector at an address. */
export function micro(url: string): Micro;

/** Adds `cy.waitForEvents(expected, options)` and `cy.resetEvents()` to Cypress. */
export function addCommands(cypress: { Commands: { add: (...command: any[]) => unknown } }, url: string): void;
