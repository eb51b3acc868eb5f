// <shop-first-steps>: what a new customer can do first. What is done is kept and recorded by the adapter for tasks.

import { recordTasks } from '/adapters/tasks.js';
import { pieces } from './basket.js';

export const JOIN = 124921;
export const BASKET = 124922;
export const PRIVACY = 124923;

const tasks = [
  { id: JOIN, name: 'Become a customer', page: '/demo/join/' },
  { id: BASKET, name: 'Put a piece in the basket', page: '/demo/products/' },
  { id: PRIVACY, name: 'See what is collected', page: '/demo/privacy/' },
];

const firstSteps = recordTasks({ id: 124920, name: 'First steps', startedBy: 'user', tasks });

/** The customer has done it, on any page. */
export async function done(task) {
  await firstSteps.done(task);
  for (const list of document.querySelectorAll('shop-first-steps')) list.draw();
}

class FirstSteps extends HTMLElement {
  connectedCallback() {
    const items = tasks.map(({ id, name, page }) => `<li data-task="${id}"><a href="${page}">${name}</a></li>`);
    this.innerHTML = `<section class="first-steps" aria-labelledby="first-steps"><h2 id="first-steps">First steps</h2><ul class="plain">${items.join('')}</ul></section>`;
    this.addEventListener('click', (event) => {
      const item = event.target.closest('a')?.closest('[data-task]');
      if (item) firstSteps.start(Number(item.dataset.task));
    });
    firstSteps.open();
    this.draw();
  }

  async draw() {
    for (const item of this.querySelectorAll('[data-task]')) {
      item.classList.toggle('done', await firstSteps.isDone(Number(item.dataset.task)));
    }
  }
}

customElements.define('shop-first-steps', FirstSteps);

addEventListener('basket-change', () => pieces() > 0 && done(BASKET));
if (location.pathname === '/demo/privacy/') done(PRIVACY);
