// A table of an answer, with the meaning of its columns and its exports.

import { meter } from './charts.js';
import { timeline } from './timeline.js';
import { make, sizeOf, write } from './values.js';

const TITLES = {
  trend: 'Over time', top_contents: 'Most played content', top_pages: 'Most viewed pages', countries: 'Countries',
  browsers: 'Browsers', systems: 'Systems', contents: 'Content', steps: 'Steps', versions: 'Versions',
  tasks: 'Onboarding tasks', courses: 'Courses', autoplay: 'Content that rules start',
  funnel: 'Funnel', stopped: 'Where sessions stopped', lengths: 'Lengths of sessions', sessions: 'Sessions, newest first',
  stream: 'Events', users: 'Users, last seen first', user: 'Events, newest first', cohorts: 'Users who come back, by week', pages: 'Pages',
  before: 'Page before', after: 'Page after', types: 'Types of events', losses: 'Losses by reason',
  recorders: 'Versions of the recorder', goals: 'Goals', elements: 'Elements, most clicks first', forms: 'Forms that were sent',
  unsent: 'Field that was changed last, where no form was sent',
};

/** The column whose size a bar shows. */
const METERS = {
  top_contents: 'plays', top_pages: 'page_views', countries: 'users', browsers: 'users', systems: 'users',
  contents: 'plays', steps: 'sessions', funnel: 'reached', lengths: 'sessions', pages: 'page_views',
  before: 'page_views', after: 'page_views', types: 'events', losses: 'events', recorders: 'sessions',
  goals: 'users', elements: 'sessions', forms: 'submits', unsent: 'sessions',
};

/** Tables that are narrow enough to stand beside others. */
const WIDTHS = {
  top_contents: 'half', top_pages: 'half', countries: 'third', browsers: 'third', systems: 'third', lengths: 'half',
  before: 'half', after: 'half', types: 'third', losses: 'third', recorders: 'third', versions: 'half',
  forms: 'half', unsent: 'half',
};

/** What a table can be saved as. */
const FORMATS = [['csv', 'CSV'], ['ndjson', 'NDJSON'], ['parquet', 'Parquet']];

/** What a click on a cell does: a filter of this name, or another view. */
const FILTER = { path: 'path', country: 'country', browser: 'browser', os: 'os', type: 'type' };

export function block(answer, table, on) {
  const heading = make('h3', { id: `table-${table.name}` }, TITLES[table.name] ?? table.name);
  const exports = table.name === 'user' ? actions(on.user, on) : FORMATS.map(([format, title]) => make('button', {
    type: 'button', 'aria-label': `${TITLES[table.name]} as ${title}`, on: { click: () => on.save(table.name, format) },
  }, title));
  const parts = [make('header', {}, heading, ...exports)];
  if (table.name === 'trend' && table.rows.length > 0) {
    parts.push(timeline(answer, table, on));
    parts.push(make('details', { class: 'meaning' }, make('summary', {}, 'The same numbers as a table'), body(answer, table, on)));
  } else {
    parts.push(body(answer, table, on));
  }
  if (table.total > table.rows.length) {
    const left = `${table.rows.length} of ${write(table.total, 'count')} rows are shown.`;
    const more = !on.more ? '' : table.name === 'user' ? 'The export has all.' : make('button', { type: 'button', on: { click: on.more } }, 'Show more');
    parts.push(make('p', { class: 'chart small' }, left, ' ', more));
  }
  parts.push(meanings(answer, table.columns));
  return make('section', { class: 'block', 'data-width': WIDTHS[table.name], 'aria-labelledby': `table-${table.name}` }, ...parts);
}

function body(answer, table, on) {
  if (table.rows.length === 0) return make('p', { class: 'chart none' }, 'Nothing in this range.');
  const unit = (name) => answer.definitions[name]?.unit ?? 'text';
  const isNumber = (name) => !['text', 'time'].includes(unit(name));
  const measured = METERS[table.name];
  const most = Math.max(1, ...table.rows.map((row) => sizeOf(row[table.columns.indexOf(measured)])));
  const head = table.columns.map((name) =>
    make('th', { scope: 'col', class: isNumber(name) ? 'n' : null, title: answer.definitions[name]?.text }, answer.definitions[name]?.title ?? name));
  const hasActions = table.name === 'users' && !on.isReadOnly;
  if (hasActions) head.push(make('th', { scope: 'col' }, 'Data'));
  const rows = table.rows.map((row) => {
    const cells = row.map((value, place) => {
      const name = table.columns[place];
      const text = write(value, unit(name), answer.tz, table.name === 'trend' || name === 'week' ? (name === 'week' ? 'week' : answer.by) : null);
      // An ID stays in one line; a long text breaks.
      const cell = make('td', { class: isNumber(name) ? 'n' : text.length > 40 ? 'text long' : 'text short' });
      const click = value === null ? null : on.click(table.name, name, value, FILTER[name]);
      if (value === null && unit(name) === 'text') cell.append(make('span', { class: 'none' }, ['stream', 'user'].includes(table.name) ? '–' : '(none)'));
      else cell.append(click ? make('button', { type: 'button', on: { click } }, text) : text);
      if (name === measured) cell.append(meter(sizeOf(value) / most));
      if (table.name === 'cohorts' && unit(name) === 'share' && value > 0) {
        cell.classList.add('heat', `heat-${Math.min(4, 1 + Math.floor(value * 4))}`);
      }
      return cell;
    });
    if (hasActions) {
      cells.push(make('td', {}, make('span', { class: 'actions' }, ...actions(row[table.columns.indexOf('user')], on))));
    }
    return make('tr', {}, ...cells);
  });
  return make('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': `table-${table.name}` },
    make('table', { 'aria-labelledby': `table-${table.name}` }, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)));
}

/** Everything about a user, and its end. */
function actions(user, on) {
  return [
    make('button', { type: 'button', 'aria-label': `Export everything of ${user}`, on: { click: () => on.exportUser(user) } }, 'Export'),
    make('button', { type: 'button', class: 'danger', 'aria-label': `Erase ${user}`, on: { click: () => on.eraseUser(user) } }, 'Erase'),
  ];
}

function meanings(answer, columns) {
  const known = columns.filter((name) => answer.definitions[name]);
  const list = known.flatMap((name) => [make('dt', {}, answer.definitions[name].title), make('dd', {}, answer.definitions[name].text)]);
  return make('details', { class: 'meaning' }, make('summary', {}, 'What the columns mean'), make('dl', {}, ...list));
}
