// Whether everything arrived: a line per site and day of the last week, newest first. Asked for as events come, but not
// more often than a person reads. The first line has its place from the beginning: nothing moves when it is known.

import { piece } from './row.js';

const DAYS = 7;
const DAY_MS = 86_400_000;
const PAUSE_MS = 3_000;
/** A batch may bring no event, only what was lost: nothing but asking shows that. */
const IDLE_MS = 30_000;

const ON_ITS_WAY = 'What is on its way, or waits in a page that is closed, is missing until it arrives';
const SURPLUS = 'Stored, and given up too by a tab that never heard of it';

export class Audit {
  #panel;
  #get;
  #asked = -Infinity;
  #timer = 0;
  #shown = '';

  /** @param panel a details element @param get fetches a path of the collector */
  constructor(panel, get) {
    this.#panel = panel;
    this.#get = get;
    setInterval(() => this.soon(), IDLE_MS);
    document.addEventListener('visibilitychange', () => this.soon());
  }

  soon() {
    if (this.#timer || document.hidden) return;
    const wait = Math.max(0, this.#asked + PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    this.#asked = performance.now();
    const from = new Date(Date.now() - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
    try {
      this.#show(await (await this.#get(`/v1/audit?from=${from}`)).text());
    } catch {
      // The page says elsewhere that the collector is gone or locked; the last figures stay.
    }
    this.#timer = 0;
  }

  #show(text) {
    if (text === this.#shown) return;
    this.#shown = text;
    const rows = JSON.parse(text).sort((one, other) => (one.day < other.day) - (one.day > other.day));
    const newest = rows.filter((row) => row.day === rows[0].day);
    const head = newest.length === 1 ? rows.shift() : newest.length ? sum(newest) : null;
    const [summary, list] = this.#panel.children;
    summary.firstElementChild.replaceChildren(...(head ? line(head) : [`Nothing in the last ${DAYS} days`]));
    list.replaceChildren(...rows.map((row) => {
      const item = piece('li', 'tally', '');
      item.append(...line(row));
      return item;
    }));
    this.#panel.classList.toggle('single', !rows.length);
  }
}

/** The rows of one day as one. */
function sum(rows) {
  const add = (total, row) => {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') total[name] = (total[name] ?? 0) + value;
    }
    for (const [reason, count] of Object.entries(row.lost)) total.lost[reason] = (total.lost[reason] ?? 0) + count;
    return total;
  };
  return rows.reduce(add, { site: `${rows.length} sites`, day: rows[0].day, lost: {} });
}

/** `2026-11-25 demo 1,204 created = 1,200 stored + 3 lost (2 refused, 1 overflow) + 1 missing · 12 duplicates dropped` */
function line({ site, day, tabs, created, stored, duplicate, lost, missing, surplus }) {
  const when = piece('time', missing || surplus ? 'day open' : 'day', day, `${many(tabs, 'tab')} first heard of on this day (UTC)`);
  const equation = piece('span', 'equation', '');
  equation.append(term('', created, 'created'));
  if (surplus) equation.append(term('+', surplus, 'surplus', SURPLUS));
  equation.append(term('=', stored, 'stored'));
  const reasons = Object.entries(lost).sort(([, one], [, other]) => other - one);
  if (reasons.length) {
    const why = reasons.map(([reason, count]) => `${count.toLocaleString()} ${reason.replace('_', ' ')}`).join(', ');
    equation.append(term('+', reasons.reduce((total, [, count]) => total + count, 0), `lost (${why})`));
  }
  if (missing) equation.append(term('+', missing, 'missing', ON_ITS_WAY));
  const beside = [missing || surplus ? '' : 'nothing missing', duplicate ? `${many(duplicate, 'duplicate')} dropped` : ''];
  return [when, piece('b', 'place', site), equation, piece('span', 'beside', beside.filter(Boolean).join(' · '))];
}

/** What is not as it should be has a title, which says why. */
function term(sign, count, name, title) {
  const element = piece('span', title ? 'wrong' : '', '', title);
  if (sign) element.append(piece('i', '', sign));
  element.append(piece('b', '', count.toLocaleString()), ` ${name}`);
  return element;
}

function many(count, noun) {
  return `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
}
