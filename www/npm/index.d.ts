import type { Outcome, Settings } from '../waymark.js';

export * from '../waymark.js';

/** How the recorder's script comes into the page. */
export interface Loading {
  /** Its address; `/waymark.js` at the collector by default. */
  script?: string;
  /** The hash that the browser checks it by, for the script of one build: `sha384-...`. */
  integrity?: string;
  /** The nonce of the page's Content Security Policy. */
  nonce?: string;
}

/**
 * Loads the recorder and starts it, with settings that may restrict those of the site's owner, and records the first page
 * view. Another call changes nothing, and its outcome has a note; one that failed can be made again.
 */
export function init(settings: Settings, loading?: Loading): Promise<Outcome>;
