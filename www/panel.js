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
// 'granted'), so that whatever keeps the site's consent can keep this too. `refresh()` shows what holds now.
(() => {
  const PATIENCE_MS = 5000;
  const nonce = document.currentScript && document.currentScript.nonce;

  const LEVELS = ['Nothing', 'Guidance', 'Actions', 'Replay'];
  const ALLOWED = ['nothing', 'page visits and guidance', 'clicks and forms too', 'everything'];
  const COLLECTED = [
    '',
    'The pages you visit here and how you use the tours, tips and surveys on them, with your browser, operating system, window size and time zone.',
    'The pages you visit here, how you use the tours, tips and surveys on them, and what you click, change and submit, with your browser, operating system, window size and time zone. Never passwords.',
    'The pages you visit here, what you do on them, and a recording from which the page can be replayed: what it showed, pointer, scrolling and window size. Never passwords.',
  ];
  // A test holds that this and the lists of kept keys and of losses name what the recorder has (xtask/src/docs/lists.rs).
  const CAPS = {
    settings: 'the settings of this site',
    page: 'this page',
    consent: 'your consent',
    gpc: 'your browser’s Global Privacy Control signal',
    dnt: 'your browser’s Do Not Track signal',
    gate: 'the site’s own check of this page',
    manual: 'the site’s switch for more than guidance',
    sampling: 'the share of visitors that this site records',
  };
  const CONSENT = {
    granted: 'You allowed it.',
    denied: 'You said no.',
    unknown: 'You have not been asked, or have not answered yet.',
    implied: 'You have not said no: this site takes that as a yes until you do.',
  };
  const PURPOSES = { functional: 'making guidance work', analytics: 'statistics', playback: 'replays' };
  // By what a key's name begins with, before its first dot. `inspect` lists the recorder's own keys and no others.
  const KEPT = {
    'wm-euid': ['Recognises this browser: a random ID without your name.', 'for a year'],
    'wm-session': ['Holds one visit together, across pages and tabs.', 'until 30 minutes without activity, 12 hours at most'],
    'wm-tab': ['Tells this tab from others, so that nothing is counted twice.', 'until the tab is closed'],
    'wm-consent': ['Remembers what you allowed.', ''],
    'wm-settings': ['Remembers the settings of this site, without anything about you.', ''],
    'wm-sample': ['Says whether this browser is one of those that are recorded: a random number.', 'for a year'],
    'wm-state': ['Remembers how far you are in tours, tasks and courses, and what the site saves for you.', ''],
    'wm-out': ['Holds what was recorded and has not arrived yet.', 'until it has arrived, a week at most'],
    'wm-lease': ['Says which page sends what has not arrived yet.', 'for 8 seconds at a time'],
    'wm-probe': ['Tries where this browser keeps cookies.', 'removed at once'],
  };
  const PLACES = {
    localStorage: 'in this browser’s storage for this site',
    sessionStorage: 'in this tab',
    cookie: 'in a cookie',
    memory: 'in this page’s memory only, gone when you leave it',
  };
  const LOST = {
    overflow: 'waited too long and made room for newer ones',
    refused: 'were refused by the collector',
    too_large: 'were too large',
    rate: 'came faster than ten a second',
    held: 'waited for your answer while too many others did',
    expired: 'could not be delivered for a week',
    withdrawn: 'were dropped when you withdrew your consent',
    unreadable: 'were kept in this browser, which could not read them again',
  };

  const STYLE = `
    :host { display: block; }
    :host([hidden]), [hidden] { display: none !important; }
    .panel {
      all: initial; display: block; box-sizing: border-box; max-width: 54rem; color-scheme: light; overflow-wrap: anywhere;
      --accent: var(--waymark-panel-accent, #1d5f8a); --on-accent: var(--waymark-panel-accent-ink, #fff);
      --surface: var(--waymark-panel-surface, #fff); --ink: var(--waymark-panel-ink, #1b2127);
      --muted: var(--waymark-panel-muted, #566069); --line: var(--waymark-panel-line, #dce1e5);
      --radius: var(--waymark-panel-radius, 12px); --on: #1c7a45; --off: #6b747c; --wait: #a0620a; --bad: #b3261e;
      --font: var(--waymark-panel-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif);
      --code: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
      padding: clamp(1.1rem, 4vw, 2rem); border: 1px solid var(--line); border-radius: var(--radius);
      background: var(--surface); color: var(--ink); font: 1rem/1.55 var(--font);
    }
    @media (prefers-color-scheme: dark) {
      :host(:not([theme='light'])) .panel {
        color-scheme: dark; --accent: var(--waymark-panel-accent, #8cc4ea); --on-accent: var(--waymark-panel-accent-ink, #0b2233);
        --surface: var(--waymark-panel-surface, #171b1f); --ink: var(--waymark-panel-ink, #e8ecef);
        --muted: var(--waymark-panel-muted, #a3adb5); --line: var(--waymark-panel-line, #323a41);
        --on: #6ccf95; --off: #98a2aa; --wait: #e8b266; --bad: #ff9b91;
      }
    }
    * { box-sizing: border-box; }
    h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
    ul, ol { list-style: none; }
    h2, h3 { font-family: var(--waymark-panel-heading-font, inherit); font-weight: var(--waymark-panel-heading-weight, 650); line-height: 1.2; text-wrap: balance; }
    h2 { font-size: 1.55rem; letter-spacing: -0.01em; }
    h3 { margin-bottom: 0.5rem; font-size: 1.1rem; }
    p { max-width: 42rem; text-wrap: pretty; }
    .muted { color: var(--muted); font-size: 0.9rem; }
    code, pre { font-family: var(--code); font-size: 0.84rem; }
    pre { margin-top: 0.6rem; padding: 0.8rem; max-height: 22rem; overflow: auto; border: 1px solid var(--line); border-radius: 8px;
      line-height: 1.5; white-space: pre-wrap; background: color-mix(in srgb, var(--ink) 4%, transparent); }
    section { margin-top: 1.6rem; padding-top: 1.4rem; border-top: 1px solid var(--line); }
    .now { margin-top: 1.2rem; padding: 0; border: 0; }
    .now h3 { display: flex; align-items: baseline; gap: 0.6rem; margin-bottom: 0.35rem; font-size: 1.2rem; }
    .now h3::before { content: ''; flex: none; width: 0.7rem; height: 0.7rem; border-radius: 50%; background: var(--off); }
    .now.on h3::before { background: var(--on); }
    .now.held h3::before, .now.anonymous h3::before { background: var(--wait); }
    .scale { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.3rem; max-width: 32rem; margin: 1rem 0; font-size: 0.82rem; color: var(--muted); }
    .scale li { padding-top: 0.4rem; border-top: 5px solid var(--line); }
    .scale .within { border-color: var(--accent); }
    .scale .here { color: var(--ink); font-weight: 650; }
    .now p + p { margin-top: 0.6rem; }
    .caps { margin-top: 0.5rem; max-width: 42rem; }
    .caps div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding: 0.4rem 0; border-bottom: 1px solid var(--line); font-size: 0.92rem; }
    .caps dt::first-letter, .caps dd::first-letter { text-transform: uppercase; }
    .caps dd { color: var(--muted); }
    .caps .lowest { font-weight: 650; } .caps .lowest dd { color: inherit; }
    .actions { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 1.3rem; }
    button { min-height: 2.75rem; padding: 0.5rem 1.1rem; border: 1.5px solid var(--accent); border-radius: calc(var(--radius) * 0.75);
      background: transparent; color: var(--accent); font: 600 0.95rem/1.2 var(--font); cursor: pointer; }
    button:hover { background: color-mix(in srgb, var(--accent) 12%, transparent); }
    button.strong { background: var(--accent); color: var(--on-accent); }
    button.strong:hover { background: color-mix(in srgb, var(--accent) 86%, var(--ink)); }
    button[aria-disabled='true'] { opacity: 0.55; cursor: default; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
    .confirm { margin-top: 1rem; padding: 1rem 1.1rem; border: 1.5px solid var(--bad); border-radius: var(--radius); }
    .confirm .actions { margin-top: 0.9rem; }
    .status { margin-top: 0.9rem; font-weight: 600; } .status:empty { margin: 0; } .status.bad { color: var(--bad); }
    .items > li { padding: 0.75rem 0; border-top: 1px solid var(--line); } .items > li:first-child { padding-top: 0; border: 0; } .muted + .items, .caps + .muted, div > .muted { margin-top: 0.6rem; }
    .items > li > code:first-child { font-weight: 700; }
    details { margin-top: 0.3rem; }
    summary { width: fit-content; padding: 0.3rem 0; color: var(--accent); font-weight: 600; font-size: 0.92rem; cursor: pointer; }
    .id { display: block; margin: 0.4rem 0; font-size: 0.95rem; }
  `;

  // Whatever a page did to what stands here, nothing is thrown into it.
  const quietly = (act) => (...given) => {
    try {
      return act(...given);
    } catch {}
  };

  const make = (tag, { on = {}, ...properties } = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties))
      if (name in element && name != 'part') element[name] = value;
      else element.setAttribute(name, value);
    for (const [name, act] of Object.entries(on)) element.addEventListener(name, quietly(act));
    element.append(...children.filter(Boolean));
    return element;
  };

  const text = (value) => (typeof value == 'string' ? value : (JSON.stringify(value) ?? ''));
  const list = (value) => (Array.isArray(value) ? value.filter(Boolean) : []);
  const entries = (value) => Object.entries(value && typeof value == 'object' ? value : {});
  const words = (parts) => parts.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const counted = (count, one) => `${count} ${one}${count == 1 ? '' : 's'}`;
  const parsed = quietly((json) => JSON.parse(json));
  const pretty = (json) => {
    const value = typeof json == 'string' ? parsed(json) : json;
    return value === undefined ? text(json) : JSON.stringify(value, null, 2);
  };

  // Long texts are laid out when somebody opens them.
  const folded = (title, fill) =>
    make('details', { on: { toggle: ({ target }) => target.open && target.children.length == 1 && target.append(...fill()) } }, make('summary', {}, title));

  const section = (title, ...children) => make('section', {}, make('h3', {}, title), ...children);

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
        // Whoever is forgotten is not collected anew on the next page.
        if (ok) this.announce('denied');
        await this.show(ok ? 'Done: what was kept in this browser is erased, and the erasure of what was sent is asked for. Nothing more is collected.' : `Not everything could be erased: ${text(error || 'waymark is not on this page')}.`, !ok);
      });
    }
  }

  quietly(() => customElements.get('waymark-panel') || customElements.define('waymark-panel', WaymarkPanel))();
})();
