// The page of a shared link. The link's token is behind the `#` of the address: no server's log has it.
// What an answer says is text from a stranger: it reaches the page by textContent only.

import { show } from './answer.js';
import { make, saveFile, time } from './values.js';

const TITLES = {
  overview: 'Overview', contents: 'Content', steps: 'Steps of a content', funnel: 'Funnel', sessions: 'Sessions',
  retention: 'Retention', pages: 'Pages', progress: 'Progress', autoplay: 'Auto-play',
};

const $ = (id) => document.getElementById(id);

let series = '';
let answer = null;

async function get(path) {
  const token = decodeURIComponent(location.hash.slice(1));
  const got = await fetch(path, { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' });
  if (got.ok) return got;
  const { error } = await got.json().catch(() => ({ error: got.statusText }));
  throw new Error(got.status === 401 ? 'This link does not open: it has ended, was revoked, or is not whole. Ask for a new one.' : error);
}

async function load() {
  try {
    answer = await (await get('/v1/shared')).json();
    draw();
    setState('live', 'Up to date');
  } catch ({ message }) {
    setState('down', 'No answer');
    $('answer').replaceChildren();
    $('notes').replaceChildren(make('p', { 'data-kind': 'bad' }, message));
  }
}

function draw() {
  const { view, site, from, to, tz, shared } = answer;
  const title = TITLES[view] ?? view;
  document.title = `${title} · Waymark insights`;
  $('title').textContent = shared.name ? `${shared.name}: ${title}` : title;
  // `to` is the first moment that is not in the range.
  $('range').textContent = `${site}, ${time(from, tz, 'day')} to ${time(to - 1, tz, 'day')} (${tz}). `
    + `The link opens until ${time(shared.expires, tz, 'day')}.`;
  show(answer, handlers, $('notes'), $('answer'));
}

const handlers = {
  get series() { return series; },
  choose(name) { series = name; draw(); },
  save: async (table, format) => {
    try {
      await saveFile(await get(`/v1/shared?format=${format}&table=${table}`), `waymark-${answer.view}-${table}.${format}`);
    } catch ({ message }) {
      $('notes').replaceChildren(make('p', { 'data-kind': 'bad' }, message));
    }
  },
  isReadOnly: true,
  click: () => null,
};

function setState(state, text) {
  $('state').dataset.state = state;
  $('state').textContent = text;
}

addEventListener('hashchange', load);
load();
