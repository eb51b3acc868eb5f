// Which events are shown: those that hold every word of the search, of a chosen type, from a chosen site, of people or
// bots.

import { hue } from './row.js';

export class Filter {
  #input;
  #chips;
  #changed;
  #words = [];
  /** Per dimension: how many events have each value, and which values are chosen (none: all). */
  #dimensions = {
    site: { of: (event) => event.server?.site ?? '', counts: new Map(), chosen: new Set() },
    who: { of: (event) => (event.server?.bot ? 'bots' : 'people'), counts: new Map(), chosen: new Set() },
    type: { of: (event) => event.type, counts: new Map(), chosen: new Set() },
  };
  #buttons = new Map();

  constructor(input, chips, changed) {
    this.#input = input;
    this.#chips = chips;
    this.#changed = changed;
    input.addEventListener('input', () => this.search(input.value));
  }

  lets({ event, text }) {
    const chosen = Object.values(this.#dimensions).every(({ of, chosen }) => !chosen.size || chosen.has(of(event)));
    return chosen && this.#words.every((word) => text.includes(word));
  }

  search(text) {
    if (this.#input.value !== text) this.#input.value = text;
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#changed();
  }

  reset() {
    for (const { chosen } of Object.values(this.#dimensions)) chosen.clear();
    this.search('');
    this.draw();
  }

  add(event) {
    for (const { of, counts } of Object.values(this.#dimensions)) counts.set(of(event), (counts.get(of(event)) ?? 0) + 1);
  }

  remove(event) {
    for (const { of, counts, chosen } of Object.values(this.#dimensions)) {
      const left = counts.get(of(event)) - 1;
      if (left > 0 || chosen.has(of(event))) counts.set(of(event), left);
      else counts.delete(of(event));
    }
  }

  /** A chip per site and for people and bots, where there are several, and per type, in the order in which they came. */
  draw() {
    const wanted = new Map();
    for (const [name, { counts, chosen }] of Object.entries(this.#dimensions)) {
      if (name !== 'type' && counts.size < 2 && !chosen.size) continue;
      for (const [value, count] of counts) wanted.set(`${name} ${value}`, { name, value, count });
    }
    for (const [key, button] of this.#buttons) {
      if (!wanted.has(key)) { button.remove(); this.#buttons.delete(key); }
    }
    for (const [key, { name, value, count }] of wanted) {
      const button = this.#buttons.get(key) ?? this.#chip(key, name, value);
      button.lastChild.textContent = count.toLocaleString();
      button.setAttribute('aria-pressed', this.#dimensions[name].chosen.has(value));
    }
  }

  #chip(key, name, value) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `chip ${name}`;
    if (name === 'type') button.style.setProperty('--hue', hue(value));
    const label = document.createElement('span');
    label.textContent = value;
    const count = document.createElement('small');
    button.append(label, count);
    button.addEventListener('click', () => {
      const { chosen } = this.#dimensions[name];
      if (!chosen.delete(value)) chosen.add(value);
      this.draw();
      this.#changed();
    });
    this.#buttons.set(key, button);
    // Sites stand first, types last.
    const after = { site: '.who, .type', who: '.type' }[name];
    const before = after ? this.#chips.querySelector(after) : null;
    this.#chips.insertBefore(button, before);
    return button;
  }
}
