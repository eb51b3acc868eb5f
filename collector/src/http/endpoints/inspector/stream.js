// The connection to the collector: the last events, then every new one, for as long as the page is open.
// Not EventSource: that can send no header, and a token does not belong into an address.

const TOKEN = 'waymark-token';
/** How many stored events to begin with. */
const LAST = 200;
/** The collector says something at least every 15 s; who is silent for three times that is gone. */
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 10_000;

export class Stream {
  /** Whether the stored events have come. */
  loaded = false;
  #on;
  #tries = 0;
  #wake = () => {};

  /** @param on { onState(state, text), onEvents(raws, live), onSkipped(count), onToken(wrong) } */
  constructor(on) {
    this.#on = on;
  }

  async start() {
    for (;;) {
      let wait;
      try {
        await this.#follow();
        wait = this.#nextWait();
      } catch (error) {
        if (error.status === 401) {
          this.#on.onState('locked', 'Locked');
          this.#on.onToken(sessionStorage.getItem(TOKEN) !== null);
          sessionStorage.removeItem(TOKEN);
          await new Promise((resolve) => { this.#wake = resolve; });
          continue;
        }
        if (error.status === 403) return this.#on.onState('down', error.message);
        wait = this.#nextWait();
      }
      this.#on.onState('down', 'Reconnecting…');
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  useToken(token) {
    sessionStorage.setItem(TOKEN, token);
    this.#wake();
  }

  #nextWait() {
    this.#tries += 1;
    return Math.min(LONGEST_WAIT_MS, 500 * 2 ** (this.#tries - 1));
  }

  /** Until the connection ends. It is open before the stored events are asked for, so that none falls between. */
  async #follow() {
    const ending = new AbortController();
    let silence = setTimeout(() => ending.abort(), SILENCE_MS);
    try {
      const live = await this.get('/live', ending.signal);
      const stored = await this.get(`/v1/events?last=${LAST}`, ending.signal);
      const raws = (await stored.text()).split('\n').filter(Boolean);
      this.loaded = true;
      this.#on.onEvents(raws, false);
      this.#on.onState('live', 'Live');
      this.#tries = 0;

      const reader = live.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => ending.abort(), SILENCE_MS);
        const messages = (text + value).split('\n\n');
        text = messages.pop();
        this.#take(messages);
      }
    } finally {
      clearTimeout(silence);
      ending.abort();
    }
  }

  #take(messages) {
    const raws = [];
    for (const message of messages) {
      const lines = message.split('\n');
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
      if (lines.includes('event: lagged')) this.#on.onSkipped(Number(data));
      else if (data) raws.push(data);
    }
    if (raws.length) this.#on.onEvents(raws, true);
  }

  /** What the collector answers to a request with the token. */
  get(path, signal) {
    return this.#ask(path, { signal });
  }

  /** What it answers to a value. */
  async post(path, value) {
    const json = { 'Content-Type': 'application/json' };
    const response = await this.#ask(path, { method: 'POST', body: JSON.stringify(value) }, json);
    return response.json();
  }

  async #ask(path, options, headers = {}) {
    const token = sessionStorage.getItem(TOKEN);
    const all = token === null ? headers : { ...headers, Authorization: `Bearer ${token}` };
    const response = await fetch(path, { ...options, headers: all, cache: 'no-store' });
    if (response.ok) return response;
    const { error } = await response.json().catch(() => ({ error: response.statusText }));
    throw Object.assign(new Error(error), { status: response.status });
  }
}
