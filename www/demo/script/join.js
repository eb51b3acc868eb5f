// Becoming a customer: a form with what nobody must see, a button that does nothing, and a widget in a shadow tree.

import { signIn } from './customer.js';
import { done, JOIN } from './first-steps.js';
import { startAsked } from './tours.js';

const GLAZES = { Mud: '#7a5c48', Reed: '#587346', Tide: '#3f6f86' };

class Glaze extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent = `
      div { display: flex; gap: 0.6rem; }
      button { flex: 1; padding: 0.55rem 0; border: 2px solid transparent; border-radius: 10px; background: var(--glaze); color: #fff; font: inherit; cursor: pointer; }
      button[aria-pressed=true] { border-color: currentcolor; outline: 2px solid var(--glaze); }`;
    const row = document.createElement('div');
    for (const [name, colour] of Object.entries(GLAZES)) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
      button.style.setProperty('--glaze', colour);
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', () => {
        for (const other of row.children) other.setAttribute('aria-pressed', other === button);
      });
      row.append(button);
    }
    root.append(style, row);
  }
}

customElements.define('shop-glaze', Glaze);

const form = document.querySelector('#join-form');
form.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(form.elements.email.value);
  document.querySelector('[data-testid=joined]').textContent = 'Welcome. Nothing of it was sent anywhere.';
  done(JOIN);
});
// “Choose a glaze for me” is not built yet: that shows what a dead click looks like in the inspector.

startAsked();
