// The few parts of a document that driver.js touches, so that it runs under node.

export class Node {
  children = [];
  style = { setProperty() {}, removeProperty() {} };
  classes = new Set();
  classList = Object.assign([], {
    add: (...names) => names.forEach((name) => this.classes.add(name)),
    remove: (...names) => names.forEach((name) => this.classes.delete(name)),
  });
  appendChild(child) {
    child.parentElement = this;
    this.children.push(child);
  }
  removeChild(child) {
    this.children = this.children.filter((other) => other !== child);
  }
  remove() {
    this.parentElement?.removeChild(this);
  }
  get firstElementChild() {
    return this.children[0];
  }
  contains(other) {
    return this === other || this.children.some((child) => child.contains(other));
  }
  closest(selectors) {
    const mine = (at) => selectors.split(',').some((selector) => at.classes.has(selector.trim().slice(1)));
    for (let at = this; at; at = at.parentElement) if (mine(at)) return at;
    return null;
  }
  find(name) {
    if (this.classes.has(name)) return this;
    return this.children.map((child) => child.find(name)).find(Boolean);
  }
  querySelectorAll() {
    return [];
  }
  getBoundingClientRect() {
    return { x: 0, y: 0, top: 0, left: 0, right: 9, bottom: 9, width: 9, height: 9 };
  }
  matches() {
    return false;
  }
  setAttribute() {}
  removeAttribute() {}
  focus() {}
}

class Target extends Node {
  listeners = [];
  addEventListener(type, listener) {
    this.listeners.push([type, listener]);
  }
  removeEventListener(type, listener) {
    this.listeners = this.listeners.filter(([otherType, other]) => otherType !== type || other !== listener);
  }
  fire(type, event) {
    const stop = { preventDefault() {}, stopPropagation() {}, stopImmediatePropagation() {} };
    for (const [of, listener] of this.listeners) if (of === type) listener({ type, ...stop, ...event });
  }
}

/** What `document.querySelector` finds, by selector. */
export const onPage = new Map();
export const frames = [];
export const body = new Node();
globalThis.document = Object.assign(new Target(), {
  body,
  documentElement: new Node(),
  createElement: () => new Node(),
  createElementNS: (_namespace, tagName) => Object.assign(new Node(), { tagName }),
  getElementById: () => null,
  querySelector: (selector) => {
    if (selector === '!') throw new SyntaxError('not a selector');
    return onPage.get(selector) ?? null;
  },
});
globalThis.window = Object.assign(new Target(), {
  innerWidth: 800,
  innerHeight: 600,
  getComputedStyle: () => ({}),
  requestAnimationFrame: (frame) => frames.push(frame),
  cancelAnimationFrame() {},
  setTimeout: (...args) => setTimeout(...args),
  clearTimeout: (...args) => clearTimeout(...args),
});
globalThis.MutationObserver = class {
  observe() {}
  disconnect() {}
};
