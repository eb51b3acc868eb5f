// <shop-consent>: asks once what may be collected, remembers the answer in the shop's own storage, and tells Waymark on
// every page, as consent platforms do: a denial is kept nowhere else.

const KEY = 'shop-consent';
const ANSWERS = { all: 'granted', needed: ['functional'], none: 'denied' };

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(answer) {
  try {
    localStorage.setItem(KEY, answer);
  } catch {
    // It is asked again on the next page.
  }
}

const tell = (answer) => window.waymark?.('consent', ANSWERS[answer]);

class ShopConsent extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <section class="consent" aria-labelledby="consent-title" hidden>
        <div>
          <h2 id="consent-title">May we see which tours help?</h2>
          <p>We would like to record which pages and tours you use here, and what you click, but nothing that you write. <a href="/demo/privacy/">See what that is</a></p>
        </div>
        <div class="consent-choices">
          <button type="button" class="button ghost" data-answer="none">No</button>
          <button type="button" class="button ghost" data-answer="needed">Only what is needed</button>
          <button type="button" class="button ghost" data-answer="all">Accept all</button>
        </div>
      </section>`;
    this.section = this.firstElementChild;
    this.addEventListener('click', ({ target }) => this.answer(target.closest('[data-answer]')?.dataset.answer));
    const answer = remembered();
    if (Object.hasOwn(ANSWERS, answer)) tell(answer);
    else this.section.hidden = false;
  }

  answer(answer) {
    if (!Object.hasOwn(ANSWERS, answer)) return;
    remember(answer);
    this.section.hidden = true;
    Promise.resolve(tell(answer)).then(() => dispatchEvent(new CustomEvent('shop-consent', { detail: answer })));
  }

  ask() {
    this.section.hidden = false;
    this.querySelector('button').focus();
  }
}

customElements.define('shop-consent', ShopConsent);
const banner = document.createElement('shop-consent');
if (document.body) document.body.append(banner);
else addEventListener('DOMContentLoaded', () => document.body.append(banner));

/** Whether nothing may be remembered from page to page. */
export const isDenied = () => remembered() === 'none';

/** Asks again. */
export const ask = () => banner.ask();

/** What was said elsewhere, in the panel for one, is remembered here too. */
addEventListener('waymark-panel-consent', ({ detail }) => {
  remember(detail === 'granted' ? 'all' : 'none');
  banner.section.hidden = true;
});
