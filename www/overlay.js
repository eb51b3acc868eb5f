// The overlay: frames on a page what level 2 would record there, what is censored, and what is hidden. The loader loads it
// where the page was opened from the inspector, whose token the collector must know. It asks `waymark('explain', ...)`, so
// that it shows what recording would do. Nothing of it is recorded: its host is marked as hidden.
import { Frames } from './overlay/frames.js';
import { Panel } from './overlay/panel.js';
import { Scan } from './overlay/scan.js';
import { STYLE } from './overlay/style.js';
import { make, quietly } from './panel/elements.js';

/** The least time between two looks at the page, in ms. */
const PAUSE_MS = 300;

const mayOpen = async ({ collector, site, token }) => {
  const address = `${collector}/v1/sites/${encodeURIComponent(site)}/overlay`;
  const answer = await fetch(address, { method: 'POST', body: token, credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (!answer.ok) console.warn(`waymark: no overlay: ${(await answer.json()).error}`);
  return answer.ok;
};

class Overlay {
  #host = make('waymark-overlay', { 'data-wm-privacy': 'hide', 'data-wm-dead': 'ignore', popover: 'manual' });
  #ending = new AbortController();
  #frames = new Frames();
  #panel = new Panel({ onClose: () => this.close(), onStep: (by) => this.#step(by) });
  #scan = new Scan(this.#host, (root) => this.#observe(root));
  #observer = new MutationObserver(quietly((changes) => this.#changed(changes)));
  #timer = 0;
  #isLooking = false;
  #chosen;

  open() {
    document.querySelectorAll('waymark-overlay').forEach((other) => other.remove());
    const root = this.#host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#frames.layer, this.#panel.element);
    document.documentElement.append(this.#host);
    // Above the page's own dialogs, where the browser can.
    quietly(() => this.#host.showPopover())();
    const on = (names, act) => {
      const options = { capture: true, passive: true, signal: this.#ending.signal };
      for (const name of names) addEventListener(name, quietly(act), options);
    };
    on(['scroll', 'resize'], () => this.#moved());
    on(['load', 'transitionend', 'animationend', 'toggle'], () => this.#soon());
    on(['pointermove', 'pointerdown', 'focusin'], (event) => this.#point(event));
    on(['keydown'], ({ key }) => key === 'Escape' && this.close());
    this.#observe(document);
    // Consent may be given while the overlay is open.
    quietly(() => this.#follow())();
    this.#panel.element.focus({ preventScroll: true });
    this.#look();
  }

  close() {
    this.#ending.abort();
    this.#observer.disconnect();
    this.#scan.stop();
    this.#frames.end();
    clearTimeout(this.#timer);
    this.#host.remove();
  }

  async #follow() {
    const { value } = await window.waymark('on', 'level', () => this.#soon(true));
    this.#ending.signal.addEventListener('abort', quietly(value));
  }

  #observe(root) {
    this.#observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  #changed(changes) {
    if (changes.some(({ target }) => target !== this.#host)) this.#soon(true);
  }

  #moved() {
    this.#frames.place();
    this.#soon();
  }

  /** Looks again after a pause. What was explained may have changed. */
  #soon(hasChanged) {
    if (hasChanged) this.#scan.forget();
    if (this.#ending.signal.aborted) return;
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#look();
    }, PAUSE_MS);
  }

  async #look() {
    // A look is not given up for a later one: a page that changes all the time would never be framed.
    if (this.#isLooking) return this.#soon();
    this.#isLooking = true;
    const found = await this.#scan.run().finally(() => (this.#isLooking = false));
    if (!found || this.#ending.signal.aborted) return;
    this.#frames.draw(found);
    this.#panel.count(found);
    if (this.#chosen) this.#choose(this.#chosen);
  }

  #point(event) {
    const path = event.composedPath();
    if (path.includes(this.#host)) return;
    const element = path.find((node) => this.#frames.has(node));
    if (element && element !== this.#chosen) this.#choose(element);
  }

  #choose(element) {
    this.#chosen = element;
    this.#frames.choose(element);
    this.#panel.show(this.#frames.get(element));
  }

  #step(by) {
    const all = this.#frames.elements();
    if (!all.length) return;
    const at = all.indexOf(this.#chosen);
    const element = all[at < 0 ? 0 : (at + by + all.length) % all.length];
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.#choose(element);
  }
}

(async () => {
  try {
    if (await mayOpen(document.currentScript.waymark)) new Overlay().open();
  } catch (error) {
    console.warn(`waymark: no overlay: ${error}`);
  }
})();
