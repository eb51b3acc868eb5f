// Wires the page: events come from the stream, pass the filter, become rows; one of them is shown whole.
// Everything that an event says is text from a stranger: it reaches the page by textContent only.

import { Audit } from './audit.js';
import { Detail } from './detail.js';
import { Filter } from './filter.js';
import { OnPage } from './onpage.js';
import { Pulse } from './pulse.js';
import { makeRow } from './row.js';
import { Stream } from './stream.js';

/** The most rows: older ones leave the page, not the store. */
const MOST = 1000;

const $ = (id) => document.getElementById(id);

/** What is on the page, by event id, oldest first: { event, raw, text, row }. */
const entries = new Map();
/** What has come and is not on the page yet: the next frame brings it there. */
let arrived = [];
let paused = false;
let frame = 0;

const pulse = new Pulse($('pulse'), $('rate'), $('count'));
const filter = new Filter($('search'), $('chips'), refilter);
const stream = new Stream({ onState: showState, onEvents, onSkipped, onToken: askToken });
const onPage = new OnPage($('on-page'), (path, value) => stream.post(path, value));
const detail = new Detail($('detail'), {
  onClose: unselect,
  onFind: (text) => filter.search(text),
  onPage: (event) => onPage.ask(event),
  copy,
});
const audit = new Audit($('audit'), (path) => stream.get(path));

// ---- Events

function onEvents(raws, live) {
  const waiting = new Set(arrived.map((entry) => entry.event.id));
  for (const raw of raws) {
    const event = JSON.parse(raw);
    if (entries.has(event.id) || waiting.has(event.id)) continue;
    waiting.add(event.id);
    arrived.push({ event, raw, text: raw.toLowerCase(), live });
    pulse.count(live);
  }
  if (arrived.length > MOST) arrived = arrived.slice(-MOST);
  audit.soon();
  soon();
}

function soon() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; flush(); });
}

function flush() {
  if (paused) {
    $('pause').textContent = arrived.length ? `Resume (${arrived.length})` : 'Resume';
    return;
  }
  const rows = document.createDocumentFragment();
  for (const entry of arrived) {
    entry.row = makeRow(entry.event, entry.live);
    entry.row.firstChild.addEventListener('click', () => select(entry));
    entry.row.hidden = !filter.lets(entry);
    entries.set(entry.event.id, entry);
    filter.add(entry.event);
    rows.prepend(entry.row);
  }
  arrived = [];
  $('rows').prepend(rows);
  for (const [id, entry] of entries) {
    if (entries.size <= MOST) break;
    remove(id, entry);
  }
  filter.draw();
  showEmpty();
  selectLinked();
}

function remove(id, entry) {
  entry.row.remove();
  filter.remove(entry.event);
  entries.delete(id);
}

function refilter() {
  for (const entry of entries.values()) entry.row.hidden = !filter.lets(entry);
  showEmpty();
}

function showEmpty() {
  const all = entries.size;
  const shown = [...entries.values()].some((entry) => !entry.row.hidden);
  $('empty').hidden = all > 0 || !stream.loaded;
  $('none').hidden = all === 0 || shown;
  $('hidden-count').textContent = all === 1 ? '1 event is' : `${all.toLocaleString()} events are`;
}

// ---- One event

function select(entry) {
  if (entry.row.firstChild.getAttribute('aria-pressed') === 'true') return detail.close();
  unselect();
  entry.row.firstChild.setAttribute('aria-pressed', 'true');
  detail.show(entry.event, entry.raw);
  history.replaceState(null, '', `#${entry.event.id}`);
}

/** An address that ends with an event's id shows that event, if it is among the last. */
let linked = location.hash.slice(1);

function selectLinked() {
  const entry = entries.get(linked);
  if (!entry) return;
  linked = '';
  select(entry);
  entry.row.scrollIntoView({ block: 'nearest' });
}

function unselect() {
  history.replaceState(null, '', location.pathname);
  const selected = $('rows').querySelector('[aria-pressed="true"]');
  selected?.setAttribute('aria-pressed', 'false');
  return selected;
}

function step(by) {
  const shown = [...$('rows').querySelectorAll('li:not([hidden]) > button')];
  const at = shown.indexOf(document.activeElement);
  const next = shown[at < 0 ? 0 : at + by];
  next?.focus();
  if (next && !$('detail').hidden) next.click();
}

// ---- The page's own controls

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  soon();
});

$('clear').addEventListener('click', () => {
  arrived = [];
  for (const [id, entry] of entries) remove(id, entry);
  detail.close();
  pulse.reset();
  soon();
});

$('reset').addEventListener('click', () => filter.reset());

document.addEventListener('keydown', (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey || $('ask').open || onPage.isOpen) return;
  const typing = key.target.matches('input');
  if (key.key === 'Escape') {
    if (typing) key.target.blur();
    else { const selected = unselect(); detail.close(); selected?.focus(); }
  } else if (!typing && key.key === '/') {
    key.preventDefault();
    $('search').focus();
  } else if (!typing && (key.key === 'p' || key.key === 'P')) {
    $('pause').click();
  } else if (!typing && (key.key === 'ArrowDown' || key.key === 'ArrowUp') && !key.target.closest('.detail')) {
    key.preventDefault();
    step(key.key === 'ArrowDown' ? 1 : -1);
  }
});

$('tag').textContent = `<script async src="${location.origin}/waymark.js" data-site="SITE_KEY"></script>`;
$('copy-tag').addEventListener('click', () => copy($('tag').textContent, $('copy-tag')));

/** The clipboard is there only on localhost and https; elsewhere a selected text area is what copies. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  const was = button.textContent;
  if (was === 'Copied') return;
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = was; }, 1500);
}

// ---- The connection

function showState(state, text) {
  $('link').dataset.state = state;
  $('link').textContent = text;
  showEmpty();
}

let skipped = 0;

function onSkipped(count) {
  skipped += count;
  $('notice').textContent = `${skipped.toLocaleString()} events are not shown: they came faster than this page reads. They are stored.`;
  $('notice').hidden = false;
}

function askToken(wrong) {
  $('wrong').textContent = wrong ? 'That is not the token.' : '';
  if (!$('ask').open) $('ask').showModal();
}

$('ask').addEventListener('cancel', (event) => event.preventDefault());

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  stream.useToken($('token').value);
  $('token').value = '';
  $('ask').close();
});

stream.start();
