// My account: one page, many addresses, by history.pushState.

import { view } from './account-views.js';
import { startAsked } from './tours.js';

const place = document.querySelector('#view');
const nav = document.querySelector('.account-nav');

function show(focus) {
  const { title, html } = view(location.pathname);
  document.title = title === 'My account' ? 'My account - Saltmarsh' : `${title} - My account - Saltmarsh`;
  place.innerHTML = html;
  for (const link of nav.querySelectorAll('a')) {
    const here = link.id === 'to-overview' ? /^\/demo\/app\/?$/.test(location.pathname) : location.pathname.startsWith(link.pathname);
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (focus) place.querySelector('h1').focus();
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.origin !== location.origin || !/^\/demo\/app(\/|$)/.test(link.pathname)) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, '', link.href);
  show(true);
  scrollTo(0, 0);
});
place.addEventListener('submit', (event) => {
  event.preventDefault();
  place.querySelector('[role=status]').textContent = 'Saved in this page, and nowhere else.';
});
addEventListener('popstate', () => show(true));

show(false);
startAsked();
