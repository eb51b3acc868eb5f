// Everything that is stored about one user: what `GET /v1/users/ID` exports, as an answer that the page can show, and
// what `GET /v1/users/ID/summary` counts, in words.

import { write } from './values.js';

/** Rows of the table; all of it is in the export. */
const ROWS = 500;
/** Types and kinds that are named before an erasure. */
const LISTED = 8;

const TEXTS = {
  events: ['Events', 'count', 'Events that are stored about the user, those of linked anonymous IDs included. An erasure removes them.'],
  sessions: ['Sessions', 'count', 'Different sessions of these events.'],
  ids: ['IDs', 'count', 'IDs by which the events are known: the site’s own, and anonymous ones that `identify` linked to it.'],
  states: ['Kept values', 'count', 'Entries of state that the collector keeps for the user. An erasure removes them.'],
  first: ['First event', 'time', 'Time of the first stored event.'],
  last: ['Last event', 'time', 'Time of the last stored event.'],
  time: ['Time', 'time', 'Time of the event.'],
  type: ['Type', 'text', 'Type of the event.'],
  path: ['Path', 'text', 'Path of the page.'],
  title: ['Title', 'text', 'Title of the page.'],
  content: ['Content', 'text', 'Number of the content (`data.oId`).'],
  name: ['Name', 'text', 'Name of the content.'],
  session: ['Session', 'text', 'The session (`sId`). A click opens it.'],
  event: ['Event', 'text', 'ID of the event. A click opens it in the inspector, if it is among the last.'],
};
const COLUMNS = ['time', 'type', 'path', 'title', 'content', 'name', 'session', 'event'];

export const userPath = (user, site) => `/v1/users/${encodeURIComponent(user)}?site=${encodeURIComponent(site)}`;

/** The answer, made of the lines of an export. */
export function userAnswer(lines, tz) {
  const entries = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const events = entries.filter((entry) => !entry.state);
  const timeOf = ({ time, server }) => server?.corrected ?? time;
  events.sort((one, other) => timeOf(other) - timeOf(one));
  const different = (values) => new Set(values.filter(Boolean)).size;
  const ids = events.flatMap(({ wm, type, data }) => [wm?.euId, type === 'identify' ? data?.anonymousId : null]);
  const numbers = {
    events: events.length,
    sessions: different(events.map(({ sId }) => sId)),
    ids: different(ids),
    states: entries.length - events.length,
    first: events.length > 0 ? timeOf(events.at(-1)) : null,
    last: events.length > 0 ? timeOf(events[0]) : null,
  };
  const text = (value) => (value === undefined || value === null ? null : String(value));
  const rows = events.slice(0, ROWS).map((event) => [timeOf(event), text(event.type), text(event.ctx?.location?.pathname),
    text(event.ctx?.title), text(event.data?.oId), text(event.data?.oName), text(event.sId), text(event.id)]);
  return {
    tz,
    numbers: Object.entries(numbers).map(([name, value]) => ({ name, value })),
    tables: [{ name: 'user', columns: COLUMNS, rows, total: events.length }],
    definitions: Object.fromEntries(Object.entries(TEXTS).map(([name, [title, unit, meaning]]) => [name, { title, unit, text: meaning }])),
    behind: { events: 0, since: null },
    loss: { lost: {}, missing: 0, days: [] },
    bots: 0,
    notes: [],
  };
}

export const summaryPath = (user, site) => `/v1/users/${encodeURIComponent(user)}/summary?site=${encodeURIComponent(site)}`;

/** What an erasure removes, in words: counts by type of event and by kind of kept state. */
export function whatGoes({ events, types, states, kinds }) {
  const entries = states === 1 ? 'entry' : 'entries';
  return `${write(events, 'count')} ${events === 1 ? 'event' : 'events'}${listed(types)} and `
    + `${write(states, 'count')} ${entries} of kept state${listed(kinds)}`;
}

/** The counts, the largest first. */
function listed(counts) {
  const all = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const named = all.slice(0, LISTED).map(([name, count]) => `${write(count, 'count')} ${name}`);
  if (all.length > LISTED) named.push(`${write(all.slice(LISTED).reduce((sum, [, count]) => sum + count, 0), 'count')} others`);
  return named.length > 0 ? ` (${named.join(', ')})` : '';
}
