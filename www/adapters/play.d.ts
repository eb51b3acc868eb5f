/** What every adapter takes. */
export interface Content {
  /** The content's number (`oId`), an integer. */
  id: number;
  /** The content's name (`oName`). */
  name?: string;
  /** Who starts it: the user, an auto-play rule, or the page's own code (the default). */
  startedBy?: 'user' | 'rule' | 'code';
  /** Numbers for the steps that the library names by texts. */
  steps?: Record<string, number>;
  /** Where events go, instead of `window.waymark`. */
  record?: (type: string, data: object) => void;
}

/** A recording that goes on. */
export interface Recording {
  /** Ends it, and puts back what it had put in front of the tour. */
  stop(): void;
}
