// One event, whole: what a person asks first, then its JSON with colours.

import { elementOf, formOf, frustration, happened, isCensored, steps } from './element.js';
import { badge, browserOf, clock, describe, mark, piece, place } from './row.js';

export class Detail {
  #panel;
  #on;

  /** @param on { onClose(), onFind(text), onPage(event), copy(text, button) } */
  constructor(panel, on) {
    this.#panel = panel;
    this.#on = on;
  }

  show(event, raw) {
    const title = piece('h2', '', describe(event)[0] || event.type);
    const close = control('Close', () => this.close(), 'Close (Esc)');
    close.className = 'close';
    const head = document.createElement('header');
    head.append(badge(event.type), title, close);

    const pretty = JSON.stringify(JSON.parse(raw), null, 2);
    const copy = control('Copy', () => this.#on.copy(pretty, copy), 'Copy the JSON');
    const bar = piece('div', 'json-bar', '');
    bar.append(piece('h3', '', 'JSON'), copy);
    const json = document.createElement('pre');
    json.tabIndex = 0;
    paint(json, JSON.parse(raw), '');

    this.#panel.replaceChildren(head, ...aboutElement(event), this.#facts(event), bar, json);
    this.#panel.hidden = false;
    this.#panel.scrollTop = 0;
  }

  close() {
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#on.onClose();
  }

  #facts(event) {
    const { server, ctx, wm, env } = event;
    const { protocol = '', hostname = '' } = ctx?.location ?? {};
    const happened = server?.corrected ?? event.time;
    const late = server ? server.received - happened : undefined;
    const facts = document.createElement('dl');
    const fact = (name, text, find) => {
      if (!text) return;
      const value = document.createElement('dd');
      if (find) value.append(control(text, () => this.#on.onFind(find), `Show only events with ${find}`));
      else value.textContent = text;
      facts.append(piece('dt', '', name), value);
    };
    fact('Happened', clock(happened) + (happened === event.time ? '' : ` (its clock said ${new Date(event.time).toLocaleString()})`));
    fact('Arrived', server && `${clock(server.received)} (${duration(late)})`);
    fact('Page', (hostname && `${protocol}//${hostname}`) + place(ctx));
    if (hostname) facts.lastChild.append(' ', control('See it on your page', () => this.#on.onPage(event)));
    fact('User', wm?.euId, wm?.euId);
    fact('Session', event.sId, event.sId);
    fact('Bot', server?.bot, server?.bot && `"bot":"${server.bot}"`);
    fact('Site', server && `${server.site}, event ${server.seq} of its tab`);
    fact('Browser', [browserOf(env), env?.os?.name, env?.os?.version].filter(Boolean).join(' · '));
    return facts;
  }
}

/** What happened with which element, where it stands in the page, and what of it was kept private. */
function aboutElement(event) {
  const element = elementOf(event);
  if (!element) return [];
  const card = piece('div', ['element', frustration(event)].filter(Boolean).join(' '), '');
  card.append(piece('b', '', happened(event)));
  const path = steps(element.path);
  if (path.length) {
    const trail = piece('div', 'trail', '');
    trail.title = 'From the outside in';
    for (const { text, inside } of path) {
      if (inside) trail.append(piece('i', '', 'shadow tree'));
      trail.append(piece('span', '', text));
    }
    card.append(trail);
  }
  const facts = document.createElement('dl');
  const fact = (name, text) => {
    if (typeof text === 'string' && text) facts.append(piece('dt', '', name), piece('dd', '', text));
  };
  const { data } = event;
  const kinds = new Set([element.tag, element.type, element.role]);
  fact('Element', [...kinds].filter((text) => typeof text === 'string').join(' · '));
  fact('Classes', Array.isArray(element.classes) ? element.classes.join(' ') : '');
  for (const name of ['text', 'label', 'name', 'title']) fact(name[0].toUpperCase() + name.slice(1), data[name]);
  fact('For tests', element.test);
  fact('Leads to', element.href);
  if (element.attrs && typeof element.attrs === 'object') {
    const attributes = Object.entries(element.attrs).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    fact('Attributes', attributes.join(' '));
  }
  fact('Form', formOf(event));
  card.append(facts);
  if (isCensored(event)) {
    const note = piece('div', 'private', '');
    note.append(mark('censored', ''), 'Text, label, name, title, address, attributes and place were not recorded.');
    card.append(note);
  }
  if (data.in === 'guidance') {
    const note = piece('div', 'private', '');
    note.append(mark('guidance', ''), 'Part of a tour or another guidance content, not of the page itself.');
    card.append(note);
  }
  return [card];
}

function control(text, action, title) {
  const button = piece('button', '', text, title);
  button.type = 'button';
  button.addEventListener('click', action);
  return button;
}

function duration(ms) {
  const [size, sign] = [Math.abs(ms), ms < 0 ? 'before' : 'after'];
  if (size < 1_000) return `${size} ms ${sign}`;
  if (size < 120_000) return `${(size / 1_000).toFixed(1)} s ${sign}`;
  if (size < 172_800_000) return `${Math.round(size / 60_000).toLocaleString()} min ${sign}`;
  return `${Math.round(size / 86_400_000).toLocaleString()} days ${sign}`;
}

/** Writes a JSON value into `out`, each token in a span of its kind. */
function paint(out, value, indent) {
  const token = (kind, text) => out.append(piece('span', kind, text));
  if (value === null || typeof value !== 'object') {
    return token(value === null ? 'null' : typeof value, JSON.stringify(value));
  }
  const isArray = Array.isArray(value);
  const members = Object.entries(value);
  const [open, close] = isArray ? '[]' : '{}';
  if (!members.length) return out.append(open + close);
  const inner = `${indent}  `;
  out.append(`${open}\n`);
  members.forEach(([key, member], at) => {
    out.append(inner);
    if (!isArray) {
      token('key', JSON.stringify(key));
      out.append(': ');
    }
    paint(out, member, inner);
    out.append(at < members.length - 1 ? ',\n' : '\n');
  });
  out.append(indent + close);
}
