// "See it on your page": opens a page with the overlay, by a token that the collector makes for the page's origin.

/** The origins that were typed in, by host, for as long as the tab is open: events have no port. */
const ORIGINS = 'waymark-page-origins';

export class OnPage {
  #dialog;
  #address;
  #wrong;
  #post;
  #site;

  /** @param post sends a value as JSON and gives the answer */
  constructor(dialog, post) {
    this.#dialog = dialog;
    this.#address = dialog.querySelector('input');
    this.#wrong = dialog.querySelector('.wrong');
    this.#post = post;
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#open();
    });
    dialog.querySelector('[type=button]').addEventListener('click', () => dialog.close());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Asks for the address of the page, which is the event's as far as that is known. */
  ask(event) {
    this.#site = event.server?.site;
    this.#address.value = addressOf(event.ctx?.location ?? {});
    this.#wrong.textContent = '';
    this.#dialog.showModal();
  }

  async #open() {
    let page;
    try {
      page = new URL(this.#address.value);
    } catch {}
    // Another scheme would run in this very origin.
    if (!/^https?:$/.test(page?.protocol)) {
      this.#wrong.textContent = 'That is not the address of a page: it begins with https:// or http://.';
      return;
    }
    // Browsers open a tab in answer to a click, not later.
    const tab = window.open('about:blank', '_blank');
    try {
      if (!tab) throw new Error('The browser opens no tab: allow this page to open others.');
      const { token } = await this.#post('/v1/overlays', { site: this.#site, origin: page.origin });
      remember(page);
      tab.opener = null;
      tab.location.replace(withToken(page, token));
      this.#dialog.close();
    } catch (error) {
      tab?.close();
      this.#wrong.textContent = error.message;
    }
  }
}

/** The token stands last in the hash: in one that a router reads as a path, as a parameter of that. */
function withToken(page, token) {
  const { hash } = page;
  const joint = hash.includes('?') ? '&' : hash && '?';
  return Object.assign(new URL(page), { hash: `${hash}${joint}waymark-overlay=${token}` }).href;
}

function addressOf({ protocol, hostname, pathname = '', search = '', hash = '' }) {
  if (!protocol || !hostname) return '';
  return `${origins()[hostname] ?? guess(protocol, hostname)}${pathname}${search}${hash}`;
}

/** The demo serves its shop at the port after its own. */
function guess(protocol, hostname) {
  const isDemo = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) && location.port;
  return `${protocol}//${hostname}${isDemo ? `:${Number(location.port) + 1}` : ''}`;
}

function origins() {
  try {
    return JSON.parse(sessionStorage.getItem(ORIGINS)) ?? {};
  } catch {
    return {};
  }
}

function remember({ hostname, origin }) {
  try {
    sessionStorage.setItem(ORIGINS, JSON.stringify({ ...origins(), [hostname]: origin }));
  } catch {}
}
