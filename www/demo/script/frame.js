// <shop-header> and <shop-footer>: what every page has around its content.

import { pieces } from './basket.js';
import './consent.js';
import { customer } from './customer.js';
import './first-steps.js';
import { collector } from './waymark-setup.js';

class ShopHeader extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <header>
        <p class="notice">Free delivery from £60. The next kiln opens on Friday.</p>
        <div class="masthead">
          <a class="brand" href="/demo/"><img src="/demo/art/mark.svg" alt="" width="40" height="40">Saltmarsh</a>
          <nav aria-label="Main">
            <ul class="plain">
              <li><a id="nav-shop" href="/demo/products/">Shop</a></li>
              <li><a id="nav-account" href="/demo/app/">Account</a></li>
              <li><a id="nav-sign-in" href="/demo/sign-in/">${customer() ? `<span data-wm-privacy="mask">${customer().name}</span>` : 'Sign in'}</a></li>
              <li><a id="nav-basket" href="/demo/cart/">Basket <span class="count" data-testid="basket-count"></span><span class="unseen">pieces</span></a></li>
            </ul>
          </nav>
        </div>
      </header>`;
    for (const link of this.querySelectorAll('nav a'))
      if (location.pathname.startsWith(link.pathname)) link.setAttribute('aria-current', location.pathname === link.pathname ? 'page' : 'true');
    this.count();
    addEventListener('basket-change', () => this.count());
    addEventListener('storage', () => this.count());
    addEventListener('pageshow', () => this.count());
  }

  count() {
    this.querySelector('.count').textContent = pieces();
  }
}

class ShopFooter extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `
      <footer>
        <div class="foot">
          <div>
            <h2>Kiln notes</h2>
            <p class="quiet small">One letter a month: what came out of the kiln, and what did not survive it.</p>
            <form class="kiln-notes" data-testid="newsletter">
              <label class="unseen" for="newsletter-email">E-mail address</label>
              <input id="newsletter-email" name="email" type="email" autocomplete="email" placeholder="you@example.com" required>
              <button class="button">Join</button>
            </form>
            <p class="feedback small" role="status"></p>
          </div>
          <nav aria-label="Shop">
            <h2>Shop</h2>
            <ul class="plain small">
              <li><a href="/demo/products/?kind=cups">Mugs &amp; cups</a></li>
              <li><a href="/demo/products/?kind=bowls">Bowls &amp; plates</a></li>
              <li><a href="/demo/products/?kind=pouring">Teapots &amp; jugs</a></li>
              <li><a href="/demo/products/?kind=keeping">Vases &amp; jars</a></li>
            </ul>
          </nav>
          <div>
            <h2>The workshop</h2>
            <p class="small quiet">The Old Sail Loft<br>Saltmarsh Quay<br>Open Thursday to Sunday</p>
          </div>
        </div>
        <p class="small-print">Demo of Waymark: see events arrive at <a data-testid="inspector" href="${collector}/">${collector.replace(/^https?:\/\//, '')}</a>. Nothing here is for sale. <a data-testid="privacy" href="/demo/privacy/">What is collected about me</a></p>
      </footer>`;
    const form = this.querySelector('form');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.querySelector('[role=status]').textContent = 'Thank you: the next letter is yours.';
      form.reset();
    });
  }
}

customElements.define('shop-header', ShopHeader);
customElements.define('shop-footer', ShopFooter);
