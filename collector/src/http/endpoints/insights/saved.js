// The dialog of what is saved of a site: segments, which are filters with a name, and goals. It uses them, saves those of
// the view, and drops them.

import { make } from './values.js';

const KINDS = { segment: 'Segment', goals: 'Goals' };

const $ = (id) => document.getElementById(id);

/** `get` asks the collector, `at` gives the address of the page, `go` shows another, `isReadOnly` says who only uses. */
export function savedDialog(get, at, go, isReadOnly) {
  const told = (...children) => $('saved-told').replaceChildren(...children);
  const path = (kind, name, query = '') =>
    `/v1/saved/${encodeURIComponent(name)}?site=${encodeURIComponent(at().get('site'))}&kind=${kind}${query && `&${query}`}`;

  async function attempt(doing) {
    try {
      await doing();
    } catch ({ message }) {
      told(make('p', { 'data-kind': 'bad' }, message));
    }
  }

  async function list() {
    const { saved } = await (await get(`/v1/saved?site=${encodeURIComponent(at().get('site'))}`)).json();
    $('saved-list').replaceChildren(...saved.map(({ kind, name, query }) => {
      const use = () => {
        $('saved-dialog').close();
        go(kind === 'segment' ? at().with({ segment: name }) : at().withGoals(query));
      };
      const drop = async () => {
        await get(path(kind, name), { method: 'DELETE' });
        await list();
        $('saved-name').focus();
        told(make('p', {}, `${name} is dropped.`));
      };
      const buttons = [make('button', { type: 'button', 'aria-label': `Use ${name}`, on: { click: use } }, 'Use')];
      if (!isReadOnly()) {
        buttons.push(make('button', { type: 'button', class: 'danger', 'aria-label': `Drop ${name}`, on: { click: () => attempt(drop) } }, 'Drop'));
      }
      const parts = [...new URLSearchParams(query)].map(([key, value]) => `${key.replace('not_', 'not ')} ${value}`).join(', ');
      return make('li', {},
        make('p', {}, make('b', {}, name), make('span', { class: 'small' }, `${KINDS[kind] ?? kind}: ${parts}`)),
        make('span', { class: 'actions' }, ...buttons));
    }));
    $('saved-none').hidden = saved.length > 0;
  }

  /** What of the view can be saved: goals where it has goals, else its filters. */
  function savable() {
    const goals = at().view === 'goals' ? at().goalsQuery : '';
    return goals ? ['goals', goals] : ['segment', at().filtersQuery];
  }

  async function save() {
    const name = $('saved-name').value.trim();
    const [kind, query] = savable();
    await get(path(kind, name, query), { method: 'PUT' });
    $('saved-name').value = '';
    await list();
    told(make('p', {}, `${name} is saved.`));
  }

  $('saved-form').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(save);
  });
  $('saved-close').addEventListener('click', () => $('saved-dialog').close());

  return () => {
    const [kind, query] = savable();
    told();
    $('saved-list').replaceChildren();
    $('saved-form').hidden = isReadOnly() || !query;
    $('saved-what').textContent = kind === 'goals' ? 'Save the goals of this view' : 'Save the filters of this view';
    $('saved-hint').hidden = isReadOnly() || !!query;
    $('saved-dialog').showModal();
    attempt(list);
  };
}
