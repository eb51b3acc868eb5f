// The dialog of shared links: makes one of the view that is shown, lists those of the site, and revokes.

import { make, time } from './values.js';

/** The views that can be shared. The collector has the last word. */
const SHARABLE = ['overview', 'contents', 'steps', 'funnel', 'sessions', 'retention', 'pages',
  'progress', 'autoplay'];
const JSON_TYPE = { 'content-type': 'application/json' };

const $ = (id) => document.getElementById(id);

export const isSharable = (view) => SHARABLE.includes(view);

/** `get` asks the collector, `at` gives the address of the page, `rows` how many rows the view has. */
export function shareDialog(get, at, rows) {
  const told = (...children) => $('share-told').replaceChildren(...children);

  async function attempt(doing) {
    try {
      await doing();
    } catch ({ message }) {
      told(make('p', { 'data-kind': 'bad' }, message));
    }
  }

  async function list() {
    const { shares } = await (await get(`/v1/shares?site=${encodeURIComponent(at().get('site'))}`)).json();
    const tz = at().get('tz');
    $('share-list').replaceChildren(...shares.map(({ id, view, name, expires, used }) => {
      const opened = used === null ? 'never opened' : `last opened ${time(used, tz, 'hour')}`;
      const revoke = async () => {
        await get(`/v1/shares/${id}`, { method: 'DELETE' });
        await list();
        $('share-name').focus();
        told(make('p', {}, 'The link is revoked. It opens no more.'));
      };
      return make('li', {},
        make('p', {}, make('b', {}, name || 'Without a name'), make('span', { class: 'small' }, `${view}, until ${time(expires, tz, 'day')}, ${opened}`)),
        make('button', { type: 'button', class: 'danger', 'aria-label': `Revoke ${name || id}`, on: { click: () => attempt(revoke) } }, 'Revoke'));
    }));
    $('share-none').hidden = shares.length > 0;
  }

  async function share() {
    const moves = $('share-moves').checked ? { from: '', to: '' } : {};
    const [, query] = at().with({ site: '', ...moves }).question({ limit: rows() }).split('?');
    const asked = { site: at().get('site'), view: at().view, query, name: $('share-name').value.trim(), days: Number($('share-days').value) };
    const { token } = await (await get('/v1/shares', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(asked) })).json();
    $('share-name').value = '';
    await list();
    const link = `${location.origin}/insights/shared#${token}`;
    told(make('p', {}, 'Copy the link now. It is shown only this once: ', make('code', { id: 'share-link' }, link)), ...copying(link));
  }

  /** A button that copies, where the browser lets a page copy. */
  function copying(link) {
    if (!navigator.clipboard) return [];
    const copy = make('button', { type: 'button', on: { click: () => attempt(async () => {
      await navigator.clipboard.writeText(link);
      copy.textContent = 'Copied';
    }) } }, 'Copy');
    return [copy];
  }

  $('share').addEventListener('click', () => {
    told();
    $('share-list').replaceChildren();
    $('share-dialog').showModal();
    attempt(list);
  });
  $('share-form').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(share);
  });
  $('share-close').addEventListener('click', () => $('share-dialog').close());
  // A link that is out of sight is not kept.
  $('share-dialog').addEventListener('close', () => told());
}
