// Wires the page: the address says what is asked, the collector answers, the answer is shown.
// What an answer says is text from a stranger: it reaches the page by textContent only.

import { Address } from './address.js';
import { show } from './answer.js';
import { savedDialog } from './saved.js';
import { isSharable, shareDialog } from './shares.js';
import { summaryPath, userAnswer, userPath, whatGoes } from './user.js';
import { addDays, dayOf, make, saveFile, write } from './values.js';

const TOKEN = 'waymark-token';
const VIEWS = [['overview', 'Overview'], ['contents', 'Content'], ['funnel', 'Funnel'], ['goals', 'Goals'],
  ['sessions', 'Sessions'], ['users', 'Users'], ['retention', 'Retention'], ['pages', 'Pages'],
  ['progress', 'Progress'], ['autoplay', 'Auto-play'], ['friction', 'Friction'], ['health', 'Collection']];
/** What must be written before these views can be counted: the parameter, how many at least, and what to do. */
const WRITTEN = { funnel: ['step', 2, 'Write the steps of the funnel'], goals: ['goal', 1, 'Write the goals'] };
const PRESETS = [['Today', 1], ['7 days', 7], ['30 days', 30], ['90 days', 90]];
const ROWS = 100;

const $ = (id) => document.getElementById(id);

let address = new Address();
let asked = 0;
/** Whether the token is that of one site: it exports and erases no user, and opens no inspector. */
let isReadOnly = false;

// ---- Asking

async function get(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(path, { ...options, headers, cache: 'no-store' });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({ error: answer.statusText }));
  if (answer.status === 401) {
    $('wrong').textContent = token ? 'That is not the token.' : '';
    sessionStorage.removeItem(TOKEN);
    if (!$('ask').open) $('ask').showModal();
  }
  throw Object.assign(new Error(error), { status: answer.status });
}

async function load() {
  const turn = ++asked;
  setState('connecting', 'Loading…');
  try {
    await fillSites();
    drawControls();
    const [name, least, toDo] = WRITTEN[address.view] ?? ['', 0, ''];
    if (address.all(name).length < least) {
      $('answer').replaceChildren();
      $('notes').replaceChildren();
      return setState('live', toDo);
    }
    const answer = address.view === 'user' ? await aboutUser(address.get('user'))
      : await (await get(address.question({ sql: 'yes', limit: rowsOf(address) }))).json();
    if (turn !== asked) return;
    // What is drawn anew loses the keyboard's focus.
    const before = $('answer').contains(document.activeElement) ? document.activeElement : null;
    show(answer, handlers, $('notes'), $('answer'));
    if (before) ((before.matches('select') && $('answer').querySelector('.chart select')) || $('main')).focus();
    setState('live', 'Up to date');
  } catch (error) {
    if (turn !== asked) return;
    setState(error.status === 401 ? 'locked' : 'down', error.status === 401 ? 'Locked' : 'No answer');
    $('answer').replaceChildren();
    showError(error);
  }
}

const rowsOf = (at) => Number(at.get('rows')) || ROWS;

async function aboutUser(user) {
  return userAnswer(await (await get(userPath(user, address.get('site')))).text(), address.get('tz'));
}

function go(next, replace = false) {
  address = next;
  history[replace ? 'replaceState' : 'pushState'](null, '', address.link);
  load();
}

addEventListener('popstate', () => { address = new Address(); load(); });

// ---- The controls

async function fillSites() {
  if ($('site').options.length === 0) {
    const index = await (await get('/v1/insights')).json();
    const sites = [...new Set([...index.sites.map(({ key }) => key), address.get('site')])].filter(Boolean).sort();
    $('site').replaceChildren(...sites.map((site) => make('option', {}, site)));
    isReadOnly = index.read_only;
    $('inspector').hidden = isReadOnly;
  }
  const tz = address.get('tz') || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const to = address.get('to') || addDays(dayOf(Date.now(), tz), 1);
  const from = address.get('from') || addDays(to, -30);
  const site = address.get('site') || $('site').options[0]?.value;
  if (!address.get('site') || !address.get('from') || !address.get('to') || !address.get('tz')) {
    address = address.with({ site, from, to, tz });
    history.replaceState(null, '', address.link);
  }
}

function drawControls() {
  const { view } = address;
  const isAtViews = $('views').contains(document.activeElement);
  $('views').replaceChildren(...VIEWS.map(([name, title]) => {
    const link = address.with({ view: name, item: '', id: '', page: '', user: '', series: '', rows: '' });
    const isShown = name === view || (name === 'contents' && view === 'steps') || (name === 'sessions' && view === 'session')
      || (name === 'pages' && view === 'flow') || (name === 'users' && view === 'user');
    const anchor = make('a', { href: link.link, 'aria-current': isShown ? 'page' : null }, title);
    anchor.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(link);
    });
    return make('li', {}, anchor);
  }));
  const current = $('views').querySelector('[aria-current]');
  if (current) $('views').parentElement.scrollLeft = current.offsetLeft - 40;
  if (isAtViews) current?.focus();
  $('share').hidden = isReadOnly || !isSharable(view);
  const title = { user: `User ${address.get('user')}`, steps: `Steps of ${address.get('item')}`, session: `Session ${address.get('id')}`, flow: `Before and after ${address.get('page')}` };
  $('title').textContent = title[view] ?? VIEWS.find(([name]) => name === view)?.[1] ?? view;
  document.title = `${$('title').textContent} · Waymark insights`;
  for (const name of ['site', 'from', 'tz', 'by', 'env']) $(name).value = address.get(name) || (name === 'env' ? '0' : '');
  // The last day that is shown; the address has the first that is not.
  $('to').value = addDays(address.get('to'), -1);
  $('funnel').hidden = view !== 'funnel';
  if (document.activeElement !== $('steps')) $('steps').value = address.all('step').join('\n');
  $('unit').value = address.get('unit') || 'session';
  $('order').value = address.get('order') || 'any';
  $('window').value = address.get('window');
  $('goals').hidden = view !== 'goals';
  if (document.activeElement !== $('goal')) $('goal').value = address.all('goal').join('\n');
  $('item').value = view === 'goals' ? address.get('item') : '';
  // In the demo: the site that is made up needs no offer to make it.
  if ($('demo')) $('demo').hidden = address.get('site') === 'demo-month';
  drawRanges();
}

function drawRanges() {
  const end = addDays(dayOf(Date.now(), address.get('tz') || 'UTC'), 1);
  const presets = PRESETS.map(([title, days]) => {
    const from = addDays(end, -days);
    const pressed = address.get('to') === end && address.get('from') === from;
    return make('button', { type: 'button', 'aria-pressed': pressed, on: { click: () => go(address.with({ from, to: end })) } }, title);
  });
  const at = [...$('ranges').children].indexOf(document.activeElement);
  const filters = address.filters.map(([name, value]) => make('button', {
    type: 'button', 'aria-label': `Remove the filter ${name} ${value}`, on: { click: () => go(address.without(name, value)) },
  }, `${name.replace('not_', 'not ')}: ${value} ×`));
  const saved = make('button', { type: 'button', on: { click: () => openSaved() } }, 'Saved…');
  $('ranges').replaceChildren(...presets, ...filters, saved);
  if (at >= 0) [...$('ranges').children].at(Math.min(at, presets.length + filters.length)).focus();
}

$('ask-for').addEventListener('submit', (event) => {
  event.preventDefault();
  const column = $('column').value;
  const value = $('value').value.trim();
  let next = address.with({
    site: $('site').value, from: $('from').value, to: addDays($('to').value, 1), tz: $('tz').value.trim() || 'UTC',
    by: $('by').value, env: $('env').value === '0' ? '' : $('env').value,
  });
  const [, name, wanted] = /^([^=]+)=(.*)$/.exec(value) ?? [];
  const isOfData = ['data', 'not_data'].includes(column);
  $('value').setCustomValidity(isOfData && !name ? 'Write a member of the data and its value, such as plan=pro' : '');
  if (!$('value').reportValidity()) return;
  if (isOfData) {
    const filter = `${column}.${name.trim()}`;
    next = next.with({ [filter]: [...next.all(filter), wanted.trim()] });
    clearFilter();
  } else if (column && value) {
    next = next.with({ [column]: ['mobile', 'identified', 'bots'].includes(column) ? value : [...next.all(column), value] });
    clearFilter();
  }
  go(next);
});

$('value').addEventListener('input', () => $('value').setCustomValidity(''));
$('column').addEventListener('change', () => {
  $('value').setCustomValidity('');
  $('value').placeholder = $('column').value.endsWith('data') ? 'plan=pro' : '/order/*';
});

function clearFilter() {
  $('column').value = '';
  $('value').value = '';
}

$('funnel').addEventListener('submit', (event) => {
  event.preventDefault();
  go(address.with({ step: linesOf($('steps')), unit: $('unit').value, order: $('order').value, window: $('window').value.trim() }));
});

$('goals').addEventListener('submit', (event) => {
  event.preventDefault();
  go(address.with({ goal: linesOf($('goal')), item: $('item').value.trim() }));
});

const linesOf = (area) => area.value.split('\n').map((line) => line.trim()).filter(Boolean);

$('zones').replaceChildren(...(Intl.supportedValuesOf?.('timeZone') ?? ['UTC']).map((zone) => make('option', { value: zone })));

// ---- What an answer leads to

const handlers = {
  get series() { return address.get('series'); },
  choose: (series) => go(address.with({ series }), true),
  // Both days are shown; the address has the first that is not.
  range: (first, last) => go(address.with({ from: first, to: addDays(last, 1) })),
  more: () => go(address.with({ rows: String(Math.min(10_000, rowsOf(address) * 10)) })),
  save: (table, format) => download(address.question({ format, table, limit: 10_000 }), `waymark-${address.view}-${table}.${format}`),
  get user() { return address.get('user'); },
  get isReadOnly() { return isReadOnly; },
  exportUser: (user) => download(userPath(user, address.get('site')), 'user.jsonl'),
  eraseUser: confirmErasure,
  click(table, column, value, filter) {
    if (column === 'content' && !['stream', 'user'].includes(table)) return () => go(address.with({ view: 'steps', item: String(value) }));
    if (column === 'session' && table !== 'stream') return () => go(address.with({ view: 'session', id: value }));
    // What a user's page and the inspector show, a read token does not open.
    if (isReadOnly && (column === 'user' || column === 'event')) return null;
    if (column === 'user') return () => go(address.with({ view: 'user', user: value }));
    if (column === 'event') return () => { location.href = `/#${value}`; };
    if (column === 'path' && address.view === 'pages') return () => go(address.with({ view: 'flow', page: value }));
    if (['before', 'after', 'stream', 'user'].includes(table) || !filter) return null;
    return () => go(address.with({ [filter]: [value] }));
  },
};

async function download(path, name) {
  try {
    const answer = await get(path);
    await saveFile(answer, name);
    const [rows, total] = ['waymark-rows', 'waymark-total'].map((header) => Number(answer.headers.get(header)));
    if (rows < total) $('notes').prepend(make('p', {}, `The file has ${write(rows, 'count')} of ${write(total, 'count')} rows. Narrow the range or the filters for all of them.`));
  } catch (error) {
    showError(error);
  }
}

async function confirmErasure(user) {
  const site = address.get('site');
  try {
    const goes = whatGoes(await (await get(summaryPath(user, site))).json());
    $('erase-text').textContent = `This erases ${goes} of ${user} at the site ${site}, with those of the anonymous IDs `
      + 'that belong to this user. All numbers are counted without them. This cannot be undone.';
    $('erase').returnValue = '';
    $('erase').onclose = () => { if ($('erase').returnValue === 'yes') erase(user, site); };
    $('erase').showModal();
  } catch (error) {
    showError(error);
  }
}

async function erase(user, site) {
  try {
    const { erased, gone } = await (await get(userPath(user, site), { method: 'DELETE' })).json();
    await load();
    $('notes').prepend(make('p', {}, `${erased} events are erased${gone ? '' : '; the ID is still found in the store: see docs/operate.md'}.`));
  } catch (error) {
    showError(error);
  }
}

function showError({ message }) {
  $('notes').replaceChildren(make('p', { 'data-kind': 'bad' }, message));
}

function setState(state, text) {
  $('state').dataset.state = state;
  $('state').textContent = text;
}

$('ask').addEventListener('cancel', (event) => event.preventDefault());
$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, $('token').value);
  $('token').value = '';
  // Another token may open other sites.
  $('site').replaceChildren();
  $('ask').close();
  load();
});

const openSaved = savedDialog(get, () => address, go, () => isReadOnly);
shareDialog(get, () => address, () => rowsOf(address));

load();
