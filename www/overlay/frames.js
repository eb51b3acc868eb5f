// A frame around each element: its kind is told by the line, not by the colour alone.
import { make } from '../panel/elements.js';

export class Frames {
  layer = make('div', { className: 'frames', 'aria-hidden': 'true' });
  #boxes = new Map();
  #frame = 0;
  // Frames of what scrolls out of a part of the page go with it.
  #visible = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const one = this.#boxes.get(target);
      if (one) one.box.hidden = !isIntersecting;
    }
  });

  /** Frames these elements, and no others. */
  draw(found) {
    for (const [element, { box }] of this.#boxes) {
      if (found.has(element)) continue;
      box.remove();
      this.#visible.unobserve(element);
      this.#boxes.delete(element);
    }
    for (const [element, { kind, rule, explanation }] of found) {
      let one = this.#boxes.get(element);
      if (!one) {
        one = { box: make('div') };
        this.#boxes.set(element, one);
        this.#visible.observe(element);
        this.layer.append(one.box);
      }
      Object.assign(one, { element, kind, rule, explanation });
      one.box.className = kind;
      one.box.replaceChildren(...(kind === 'recorded' ? [] : [make('span', {}, `${kind}: ${rule}`)]));
    }
    this.#place();
  }

  /** Moves the frames to where the elements are, with the next picture. */
  place() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#place();
    });
  }

  #place() {
    const all = [...this.#boxes].map(([element, { box }]) => [box, element.getBoundingClientRect()]);
    for (const [{ style }, { x, y, width, height }] of all) {
      style.transform = `translate(${x}px, ${y}px)`;
      style.width = `${width}px`;
      style.height = `${height}px`;
    }
  }

  has(element) {
    return this.#boxes.has(element);
  }

  get(element) {
    return this.#boxes.get(element);
  }

  elements() {
    return [...this.#boxes.keys()];
  }

  choose(chosen) {
    for (const [element, { box }] of this.#boxes) box.classList.toggle('chosen', element === chosen);
  }

  end() {
    this.#visible.disconnect();
    cancelAnimationFrame(this.#frame);
  }
}
