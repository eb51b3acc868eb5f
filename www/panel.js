// "What is collected about me", for a site's own users:
//
//   <script async src="https://collect.example.com/panel.js"></script>
//   <waymark-panel></waymark-panel>
//
// It asks `waymark` only what any page may ask: inspect, forget, consent, on. What it shows is put in as text, never as HTML.
//
// A site may set on the element (or above it) --waymark-panel-accent, -accent-ink (text on the accent), -surface, -ink,
// -muted, -line, -font, -heading-font, -heading-weight, -radius. Dark colours follow the browser; theme="light" on the
// element keeps the light ones.
// After "Stop collecting", "Forget me" and "Allow" it fires `waymark-panel-consent` (it bubbles; `detail` is 'denied' or
// 'granted'), so that the tool that keeps the site's consent can keep this too. `refresh()` shows what holds now.
import { counted, entries, folded, list, make, parsed, pretty, quietly, section, text, words } from './panel/elements.js';
import { STYLE } from './panel/style.js';
import { ALLOWED, CAPS, COLLECTED, CONSENT, KEPT, LEVELS, LOST, PLACES, PURPOSES } from './panel/words.js';

(() => {
  const PATIENCE_MS = 5000;
  const nonce = document.currentScript && document.currentScript.nonce;

  function ask(...call) {
    if (typeof window.waymark != 'function') return Promise.resolve({ ok: false, missing: true });
    return Promise.race([
      // A function of another make may throw, or answer anything.
      new Promise((settle) => settle(window.waymark(...call))).then(
        (answer) => (answer && typeof answer == 'object' ? answer : { ok: false, error: 'it gave no answer' }),
        (error) => ({ ok: false, error: String(error) }),
      ),
      new Promise((settle) => setTimeout(settle, PATIENCE_MS, { ok: false, error: 'it did not answer in time' })),
    ]);
  }

  function headline({ mode, level, stored }) {
    if (mode == 'held') return ['Waiting for your answer', 'Nothing is stored in this browser and nothing is sent. What happens on this page is held in its memory: sent if you allow it, thrown away if you do not.'];
    if (mode == 'off' || !level)
      return ['Nothing is collected about you', list(stored).length ? 'Nothing is sent. What this browser still keeps is shown below.' : 'Nothing is stored in this browser, and nothing is sent.'];
    if (mode == 'anonymous') return ['Collected, without recognising you', `${COLLECTED[level] || ''} Nothing is stored in this browser, so that your next page is not connected with this one.`];
    return ['Something is collected about you', COLLECTED[level] || ''];
  }

  function now(value) {
    const { mode, level = 0, consent, purposes } = value;
    const [title, sentence] = headline(value);
    const shown = mode == 'off' || mode == 'held' ? 0 : level;
    const caps = entries(value.why).filter(([, most]) => typeof most == 'number');
    const least = Math.min(...caps.map(([, most]) => most));
    const lowest = caps.filter(([, most]) => most == least).map(([cap]) => CAPS[cap] || cap);
    const limit = caps.length && least < 3 && `What sets the limit: ${words(lowest)}.`;
    const allowed = list(purposes).map((purpose) => PURPOSES[purpose] || text(purpose));
    return make(
      'section',
      { className: `now ${/^\w+$/.test(mode) ? mode : ''}` },
      make('h3', {}, title),
      make('p', {}, sentence),
      make('ol', { className: 'scale', 'aria-hidden': 'true' }, ...LEVELS.map((name, at) => make('li', { className: `${at && at <= shown ? 'within' : ''} ${at == shown ? 'here' : ''}` }, name))),
      make('p', {}, [CONSENT[consent], consent == 'granted' && allowed.length && `It may be used for ${words(allowed)}.`, limit].filter(Boolean).join(' ')),
      caps.length &&
        folded('What each side would allow', () => [
          make('dl', { className: 'caps' }, ...caps.map(([cap, most]) => make('div', { className: most == least && least < 3 ? 'lowest' : '' }, make('dt', {}, CAPS[cap] || cap), make('dd', {}, ALLOWED[most] || text(most))))),
          make('p', { className: 'muted' }, 'The lowest of these holds.'),
        ]),
    );
  }

  function who({ user, session, tab, mode }) {
    const given = user && user.source == 'Identifier';
    return section(
      'Who you are to it',
      make('p', {}, !user ? 'Nobody: you are not told apart from other visitors.' : given ? 'You are known by the ID that this site gave you:' : mode == 'anonymous' ? 'A random ID that ends with this page:' : 'An anonymous, random ID. It tells this browser from others, not who you are:'),
      user && make('code', { className: 'id', part: 'user' }, text(user.id)),
      session && make('p', { className: 'muted' }, 'This visit: ', make('code', {}, text(session))),
      tab && make('p', { className: 'muted' }, 'This tab: ', make('code', {}, text(tab))),
    );
  }

  function kept({ stored }) {
    const items = list(stored).map(({ key, where, value }) => {
      const [purpose, lifetime] = KEPT[text(key).split('.')[0]] || ['Belongs to Waymark.', ''];
      return make(
        'li',
        {},
        make('code', {}, text(key)),
        make('p', {}, purpose),
        make('p', { className: 'muted' }, `Kept ${PLACES[where] || text(where)}${lifetime && where != 'memory' ? `, ${lifetime}` : ''}.`),
        folded('Show what it holds', () => [make('pre', { tabIndex: 0 }, pretty(value))]),
      );
    });
    return section('Kept in this browser', items.length ? make('ul', { className: 'items' }, ...items) : make('p', {}, 'Nothing.'));
  }

  const answered = (status) =>
    !status ? 'no answer yet' : status < 300 ? 'received' : status == 429 || status >= 500 ? 'could not be taken, is sent again later' : 'refused';

  function sent({ batches, queued, unsent, outbox, context, collector }) {
    const items = list(batches).reverse().map(({ sent: at, status, body, answer }) => {
      const events = list((parsed(body) || {}).events);
      const kinds = [...new Set(events.map((event) => text(event.type)))];
      return make(
        'li',
        {},
        make('p', {}, make('strong', {}, at ? new Date(at).toLocaleTimeString() : 'Unknown time'), `: ${events.length ? counted(events.length, 'event') : 'a batch'}, ${answered(status)}`),
        kinds.length && make('p', { className: 'muted' }, kinds.slice(0, 8).join(', ') + (kinds.length > 8 ? ', …' : '')),
        folded('Show all of it', () => [make('pre', { tabIndex: 0 }, pretty(body)), answer && make('p', { className: 'muted' }, `The answer (${text(status)}):`), answer && make('pre', { tabIndex: 0 }, pretty(answer))].filter(Boolean)),
      );
    });
    return section(
      'Sent last',
      collector && make('p', { className: 'muted' }, 'To ', make('code', {}, text(collector)), '.'),
      items.length ? make('ul', { className: 'items' }, ...items) : make('p', {}, 'Nothing was sent from this page yet.'),
      make('p', { className: 'muted' }, queued || unsent ? `Still here: ${counted(queued || 0, 'event')} not yet packed, ${counted(unsent || 0, 'batch').replace('batchs', 'batches')} not yet confirmed, ${outbox == 'stored' ? 'and kept in this browser until they are' : 'for as long as this page is open'}.` : 'Nothing is waiting to be sent.'),
      entries(context).length && folded('What goes along with every event', () => [make('pre', { tabIndex: 0 }, pretty(context))]),
    );
  }

  function lost(value) {
    const reasons = entries(value.lost).filter(([, count]) => count);
    return section('Lost on the way', reasons.length ? make('ul', {}, ...reasons.map(([reason, count]) => make('li', {}, `${counted(count, 'event')}: ${LOST[reason] || reason}.`))) : make('p', {}, 'Nothing.'));
  }

  class WaymarkPanel extends HTMLElement {
    /** What ends the panel's listeners. */
    ends = [];

    connectedCallback() {
      quietly(() => this.shadowRoot || this.build())();
      this.refresh().then(() => this.follow());
    }

    disconnectedCallback() {
      this.ends.splice(0).forEach((end) => quietly(end)());
    }

    /** Shows what holds whenever level or user changes, or what was held back is let go. */
    async follow() {
      const subjects = { level: (level) => level, user: text, delivery: ({ held }) => held };
      for (const [name, part] of entries(subjects)) {
        let last;
        const changed = (notice) => {
          const now = part(notice);
          if (now === last) return;
          last = now;
          clearTimeout(this.soon);
          this.soon = setTimeout(() => this.busy || this.refresh(), 100);
        };
        const { ok, value } = await ask('on', name, quietly(changed));
        if (ok) this.ends.push(value);
      }
      if (!this.isConnected) this.disconnectedCallback();
    }

    build() {
      const root = this.attachShadow({ mode: 'open' });
      const button = (part, label, act, strong) => make('button', { type: 'button', part, className: strong ? 'strong' : '', on: { click: () => this.busy || act() } }, label);
      this.again = button('refresh', 'Refresh', () => this.refresh('This is what holds now.'));
      this.stop = button('stop', 'Stop collecting', () => this.consent('denied'));
      this.allow = button('allow', 'Allow', () => this.consent('granted'));
      this.forget = button('forget', 'Forget me', () => this.confirm(true));
      this.yes = button('forget-yes', 'Yes, forget me', () => this.erase(), true);
      this.no = button('forget-no', 'Keep it', () => this.confirm(false));
      this.question = make(
        'div',
        { className: 'confirm', role: 'group', 'aria-labelledby': 'question', hidden: true, on: { keydown: ({ key }) => key == 'Escape' && this.confirm(false) } },
        make('p', { id: 'question' }, 'Erase everything kept in this browser, and ask for what was sent to be erased too? This cannot be undone.'),
        make('div', { className: 'actions' }, this.yes, this.no),
      );
      this.status = make('p', { className: 'status', role: 'status', part: 'status' });
      this.top = make('div');
      this.rest = make('div');
      const panel = make('div', { className: 'panel', part: 'panel', role: 'region', 'aria-labelledby': 'title' });
      panel.append(make('h2', { id: 'title' }, 'What is collected about me'), this.top, make('div', { className: 'actions' }, this.allow, this.stop, this.forget, this.again), this.question, this.status, this.rest);
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
      } catch {
        root.append(make('style', { textContent: STYLE, nonce: nonce || '' }));
      }
      root.append(panel);
      this.offer(null);
    }

    say(line, bad) {
      this.status.textContent = line;
      this.status.classList.toggle('bad', !!bad);
    }

    /** Which buttons make sense; without a value, waymark is not at work. */
    offer(value) {
      const { consent, purposes } = value || {};
      // A button that goes away takes the keyboard's place on the page with it.
      const held = this.shadowRoot.activeElement;
      this.stop.hidden = !value || consent == 'denied';
      this.allow.hidden = !value || consent == 'implied' || (consent == 'granted' && list(purposes).length > 2);
      this.allow.textContent = consent == 'granted' ? 'Allow everything' : 'Allow';
      this.forget.hidden = !value;
      if (held && held.hidden) [this.stop, this.allow, this.again].find(({ hidden }) => !hidden).focus();
    }

    async work(act) {
      this.busy = true;
      const buttons = [this.again, this.stop, this.allow, this.forget, this.yes];
      for (const each of buttons) each.setAttribute('aria-disabled', 'true');
      try {
        await act();
      } catch (error) {
        this.say(`Something went wrong: ${error}`, true);
      }
      for (const each of buttons) each.removeAttribute('aria-disabled');
      this.busy = false;
    }

    async refresh(line = '') {
      await this.work(async () => {
        // Scripts that are still on their way may bring waymark.
        if (typeof window.waymark != 'function' && document.readyState != 'complete') await new Promise((settle) => addEventListener('load', settle, { once: true }));
        await this.show(line);
      });
    }

    async show(line, bad) {
      const { ok, value, error, missing } = await ask('inspect');
      if (ok && value && typeof value == 'object') {
        this.top.replaceChildren(now(value));
        this.rest.replaceChildren(who(value), kept(value), sent(value), lost(value));
        this.offer(value);
      } else {
        this.top.replaceChildren(
          make('section', { className: 'now off' }, make('h3', {}, 'Waymark is not at work here'), make('p', {}, missing ? 'It is not on this page, or something in your browser blocks it: then it collects nothing about you here.' : `It could not say what it collects: ${text(error || 'it gave no reason')}.`)),
          make('p', { className: 'muted' }, 'What it may have kept on an earlier visit, you can remove with your browser’s own settings for this site.'),
        );
        this.rest.replaceChildren();
        this.offer(null);
      }
      if (line) this.say(line, bad);
    }

    consent(state) {
      return this.work(async () => {
        const { ok, error } = await ask('consent', state);
        if (ok) this.announce(state);
        const done = state == 'denied' ? 'Stopped. From now on nothing is collected about you here.' : 'Allowed. You can stop it here at any time.';
        await this.show(ok ? done : `That did not work: ${text(error || 'waymark is not on this page')}.`, !ok);
      });
    }

    announce(detail) {
      this.dispatchEvent(new CustomEvent('waymark-panel-consent', { detail, bubbles: true, composed: true }));
    }

    confirm(open) {
      this.question.hidden = !open;
      this.say('');
      (open ? this.no : this.forget).focus();
    }

    erase() {
      this.question.hidden = true;
      this.forget.focus();
      this.say('Erasing …');
      return this.work(async () => {
        const { ok, error } = await ask('forget');
        // A user who is forgotten is not collected anew on the next page.
        if (ok) this.announce('denied');
        await this.show(ok ? 'Done: what was kept in this browser is erased, and the erasure of what was sent is asked for. Nothing more is collected.' : `Not everything could be erased: ${text(error || 'waymark is not on this page')}.`, !ok);
      });
    }
  }

  quietly(() => customElements.get('waymark-panel') || customElements.define('waymark-panel', WaymarkPanel))();
})();
