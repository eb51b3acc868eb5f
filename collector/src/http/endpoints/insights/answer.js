// Shows an answer: notes, numbers with their definitions, tables.

import { block } from './tables.js';
import { make, time, write } from './values.js';

export function show(answer, on, notes, into) {
  notes.replaceChildren(...noted(answer));
  const cards = answer.numbers.map((number) => card(answer, number));
  into.replaceChildren(make('div', { class: 'cards' }, ...cards), ...answer.tables.map((table) => block(answer, table, on)));
}

/** A number. Opened, it says what is counted, and by which SQL. */
function card(answer, { name, value, before }) {
  const definition = answer.definitions[name] ?? { title: name, unit: 'text', text: '' };
  const summary = [make('span', { class: 'name' }, definition.title),
    make('span', { class: 'value', 'data-unit': definition.unit }, write(value, definition.unit, answer.tz))];
  if (before !== undefined) summary.push(make('span', { class: 'before' }, compared(value, before, definition.unit)));
  const details = [make('summary', {}, ...summary), make('p', {}, definition.text)];
  const sql = answer.sql?.[name];
  if (sql) details.push(make('p', {}, 'The SQL that counts it in the store:'), make('pre', {}, make('code', {}, sql)));
  return make('details', { class: 'card' }, ...details);
}

function compared(value, before, unit) {
  const was = write(before, unit);
  // Of `< 5` there is no share.
  if (!before || typeof value !== 'number' || typeof before !== 'number') return `${was} before`;
  const change = Math.round((value / before - 1) * 100);
  return `${change > 0 ? '+' : ''}${change} % from ${was}`;
}

function noted(answer) {
  const notes = answer.notes.map((text) => [text, '']);
  // The reader of a shared link is not told what follows.
  const { behind, loss, bots } = answer;
  if (answer.shared) return notes.map(([text]) => make('p', {}, text));
  if (behind.events > 0) {
    const since = behind.since === null ? '' : ` All that arrived before ${time(behind.since, answer.tz)} are counted.`;
    notes.push([`Up to ${write(behind.events, 'count')} stored events are not counted yet.${since}`, '']);
  }
  const lost = Object.entries(loss.lost).map(([reason, count]) => `${write(count, 'count')} ${reason}`);
  if (loss.missing > 0) lost.push(`${write(loss.missing, 'count')} missing`);
  if (lost.length > 0) notes.push([`Events lost in the UTC days of this range: ${lost.join(', ')}.`, 'bad']);
  if (bots > 0) notes.push([`${write(bots, 'count')} events of bots are left out.`, '']);
  return notes.map(([text, kind]) => make('p', { 'data-kind': kind || null }, text));
}
