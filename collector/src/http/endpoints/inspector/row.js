// An event as one line that a person reads: when, what, who, with which browser. A site may collect less than all of it:
// what is not there is a dash, or left out beside something that is.

import { elementOf, frustration, isCensored, nameOf, selector } from './element.js';

const NOTHING = '–';

/** A hue per verb, so that a kind of event is known by its colour; verbs of the site's own get one by their name. */
const HUES = {
  pageView: 250, click: 300, submit: 330, play: 150, step: 200, complete: 165, goal: 85, open: 225, close: 270,
  save: 60, playFailed: 25, search: 110,
  elementClick: 300, elementChange: 275, formSubmit: 330, deadClick: 65, rageClick: 25,
};

export function hue(verb) {
  return Object.hasOwn(HUES, verb) ? HUES[verb] : spread(verb) % 360;
}

function spread(text) {
  let sum = 7;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) % 1_000_003;
  return sum;
}

/** An element that holds nothing but this text. */
export function piece(tag, className, text, title) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  if (title) element.title = title;
  return element;
}

/** A word that marks what is special about an event. */
export function mark(name, title) {
  return piece('small', `mark-${name}`, name, title);
}

export function badge(verb) {
  const element = piece('span', 'badge', verb);
  element.style.setProperty('--hue', hue(verb));
  return element;
}

/** The page's path, with what of query and hash is collected; empty where none is. */
export function place(ctx) {
  const { pathname = '', search = '', hash = '' } = ctx?.location ?? {};
  return `${pathname}${search}${hash}`;
}

/** The browser by what is known of it; empty where nothing is. */
export function browserOf(env) {
  const { name, version, string } = env?.browser ?? {};
  return string ?? [name, version].filter(Boolean).join(' ');
}

/** The event's object by name, else the page's path; and beside it what is known of it. Either may be empty. */
export function describe(event) {
  const { type, data, ctx } = event;
  const element = elementOf(event);
  if (element) {
    const [name, css] = [nameOf(event), selector(element)];
    return [name, [name !== css && css, place(ctx)].filter(Boolean).join(' · ')];
  }
  const named = [data?.oName, data?.name, data?.label, data?.text, data?.title].find((name) => typeof name === 'string' && name);
  const path = place(ctx);
  const title = ctx?.title ?? '';
  if (type === 'pageView') return path ? [path, title] : [title, ''];
  return named ? [named, path] : [path, ''];
}

export function clock(ms) {
  const date = new Date(ms);
  const time = date.toLocaleTimeString([], { hour12: false });
  const today = date.toDateString() === new Date().toDateString();
  return today ? time : `${date.toLocaleDateString([], { month: 'short', day: 'numeric' })} ${time}`;
}

export function makeRow(event, fresh) {
  const row = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = ['row', fresh && 'fresh', frustration(event)].filter(Boolean).join(' ');
  button.setAttribute('aria-pressed', 'false');

  const [what, beside] = describe(event);
  const whatCell = piece('span', 'what', '');
  whatCell.append(piece('b', '', what || NOTHING));
  if (isCensored(event)) whatCell.append(mark('censored', 'The element is private: only its structure was recorded'));
  if (elementOf(event) && event.data.in === 'guidance') {
    whatCell.append(mark('guidance', 'The element is part of guidance content'));
  }
  whatCell.append(piece('span', '', beside));
  whatCell.title = beside ? `${what} – ${beside}` : what;

  const user = event.wm?.euId ?? '';
  const userCell = piece('span', 'user', '', user);
  if (user) {
    const dot = piece('i', '', '');
    dot.style.setProperty('--hue', spread(user) % 360);
    userCell.append(dot);
  }
  userCell.append(piece('span', '', short(user) || NOTHING));

  const { browser, os } = event.env ?? {};
  const version = `${browser?.version ?? ''}`.split('.')[0];
  const client = [`${browser?.name ?? ''} ${version}`.trim(), os?.name].filter(Boolean).join(' · ');
  const session = event.sId ?? '';

  const time = piece('time', 'time', clock(event.time), new Date(event.time).toISOString());
  const who = piece('span', 'who', '');
  const sessionCell = piece('span', 'session', session.slice(0, 8) || NOTHING, session);
  who.append(userCell, sessionCell, piece('span', 'client', client || NOTHING, browserOf(event.env)));
  button.append(time, badge(event.type), whatCell, who);
  row.append(button);
  return row;
}

/** GUIDs by their beginning; names as they are. */
function short(user) {
  return /^[0-9a-f-]{20,}$/i.test(user) ? user.slice(0, 8) : user;
}
