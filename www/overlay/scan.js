// What of the page is in view, explained by the recorder, in idle time.

/** The longest time at a stretch, in ms. */
const SLICE_MS = 8;

/** The most elements that are framed. */
const MOST = 400;

/** Smaller ones, in CSS pixels, are not seen. */
const LEAST = 3;

const idle = () =>
  new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 200 }) : setTimeout(done)));

const isInView = (element) => {
  const { top, left, bottom, right, width, height } = element.getBoundingClientRect();
  if (width < LEAST || height < LEAST || bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth) return false;
  return !element.checkVisibility || element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
};

export class Scan {
  #host;
  #onRoot;
  #explained = new WeakMap();
  #roots = new WeakSet();
  #run = 0;

  /** Tells of each open shadow tree that it finds. */
  constructor(host, onRoot) {
    this.#host = host;
    this.#onRoot = onRoot;
  }

  /** What was explained may have changed. */
  forget() {
    this.#explained = new WeakMap();
  }

  stop() {
    this.#run += 1;
  }

  /** What is to be framed, by element: `{ kind, rule, explanation }`. `undefined` if it was stopped. */
  async run() {
    const run = ++this.#run;
    const found = new Map();
    const roots = [document];
    let end = 0;
    while (roots.length) {
      const walker = document.createTreeWalker(roots.shift(), NodeFilter.SHOW_ELEMENT);
      let element = walker.nextNode();
      while (element && found.size < MOST) {
        if (performance.now() > end) {
          await idle();
          if (run !== this.#run) return undefined;
          end = performance.now() + SLICE_MS;
        }
        let isOver = element === this.#host;
        if (!isOver && isInView(element)) {
          const explanation = await this.#explain(element);
          if (explanation.privacy === 'off') return new Map();
          note(found, element, explanation);
          isOver = explanation.privacy === 'hidden';
        }
        const root = isOver ? null : element.shadowRoot;
        if (root instanceof ShadowRoot) {
          roots.push(root);
          if (!this.#roots.has(root)) this.#onRoot(root);
          this.#roots.add(root);
        }
        element = isOver ? after(walker) : walker.nextNode();
      }
    }
    return found;
  }

  async #explain(element) {
    let explanation = this.#explained.get(element);
    if (!explanation) {
      const { value } = await window.waymark('explain', element);
      explanation = value ?? { privacy: 'off' };
      this.#explained.set(element, explanation);
    }
    return explanation;
  }
}

/** The element after all that is inside the walker's. */
const after = (walker) => {
  do {
    const next = walker.nextSibling();
    if (next) return next;
  } while (walker.parentNode());
  return null;
};

const note = (found, asked, explanation) => {
  const { privacy, rule, region, element, data } = explanation;
  if (region && region !== element && !found.has(region)) found.set(region, { kind: privacy, rule });
  // A click on what is not interactive says where it was, and nothing that needs a frame.
  if (!element || data.plain) return;
  const kind = privacy === 'open' ? 'recorded' : privacy;
  // A part of the element may be more private, and a label is another way to it.
  if (!found.has(element) || asked === element) found.set(element, { kind, rule, explanation });
};
