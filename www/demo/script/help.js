// <shop-help>: the button in the corner, and the list of tours behind it.

import { runsHere, start, tours } from './tours.js';

const MENU = { type: 'menu', oId: 124900, oName: 'Help' };

class ShopHelp extends HTMLElement {
  connectedCallback() {
    const items = Object.entries(tours).map(
      ([slug, { name, about }]) =>
        `<li><button type="button" data-tour="${slug}">${name}<small>${about}</small></button></li>`,
    );
    this.innerHTML = `
      <button type="button" class="button help-button" id="help" aria-expanded="false" aria-controls="help-panel">Help</button>
      <section class="help-panel" id="help-panel" aria-labelledby="help-title" hidden>
        <h2 id="help-title">Show me</h2>
        <ul class="plain">${items.join('')}</ul>
      </section>`;
    this.button = this.querySelector('#help');
    this.panel = this.querySelector('#help-panel');
    this.button.addEventListener('click', () => this.toggle(this.panel.hidden));
    this.panel.addEventListener('click', (event) => this.choose(event.target.closest('[data-tour]')?.dataset.tour));
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.panel.hidden) return;
      this.toggle(false);
      this.button.focus();
    });
    document.addEventListener('click', (event) => this.contains(event.target) || this.toggle(false));
  }

  toggle(open) {
    if (open === !this.panel.hidden) return;
    this.panel.hidden = !open;
    this.button.setAttribute('aria-expanded', open);
    window.waymark('record', open ? 'open' : 'close', MENU);
    if (open) this.panel.querySelector('button').focus();
  }

  choose(slug) {
    if (!slug) return;
    this.toggle(false);
    this.button.focus();
    if (runsHere(tours[slug])) start(slug, 'user');
    else location.href = `${tours[slug].page}?tour=${slug}`;
  }
}

customElements.define('shop-help', ShopHelp);
