// Charts as SVG. Each stands above the table with the same numbers, which screen readers read.

import { make, makeSvg, sizeOf, time, write } from './values.js';

/** Bars of one series of a trend. Steps without data, and days with losses, are hatched. */
export function trend(answer, table, choose) {
  const series = table.columns.slice(1);
  if (table.rows.every((row) => row.slice(1).every((value) => value === null))) {
    return make('p', { class: 'chart none' }, 'Nothing was collected in this range.');
  }
  const chosen = series.includes(choose.series) ? choose.series : series[0];
  const at = table.columns.indexOf(chosen);
  const most = Math.max(1, ...table.rows.map((row) => sizeOf(row[at])));
  const step = 1000 / table.rows.length;
  // The audit counts by UTC days, which overlap the local steps.
  const lossy = (answer.loss?.days ?? []).map((day) => Date.parse(`${day}T00:00:00Z`));
  // What is before the first event, and what is to come, is no hole in collection.
  const hadBefore = answer.numbers.some(({ before }) => before > 0);
  const begun = hadBefore ? 0 : table.rows.findIndex((row) => row[at] !== null);
  const isMissing = (row, place) => row[at] === null && begun >= 0 && place >= begun && row[0] < Date.now();
  const hasLoss = (from, to) => lossy.some((day) => day < to && from < day + 86_400_000);
  const svg = makeSvg('svg', { viewBox: '0 0 1000 190', preserveAspectRatio: 'none', role: 'img' });
  const title = answer.definitions[chosen]?.title ?? chosen;
  svg.setAttribute('aria-label', `${title} by ${answer.by}, at most ${write(most, 'count')}. The table below has the numbers.`);
  const pattern = makeSvg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    makeSvg('line', { x1: 0, y1: 0, x2: 0, y2: 6, class: 'hatch' }));
  svg.append(makeSvg('defs', {}, pattern));
  let holes = false;
  table.rows.forEach((row, place) => {
    const [x, width] = [place * step + step * 0.1, step * 0.8];
    const value = row[at];
    const hole = isMissing(row, place) || hasLoss(row[0], table.rows[place + 1]?.[0] ?? answer.to);
    holes ||= hole;
    const text = `${time(row[0], answer.tz, answer.by)}: ${value === null ? 'no data' : write(value, 'count')}`;
    if (hole) svg.append(makeSvg('rect', { x, width, y: 0, height: 186, class: 'hole' }));
    const height = (sizeOf(value) / most) * 180;
    const label = makeSvg('title');
    label.textContent = text;
    svg.append(makeSvg('rect', { x, width, y: 186 - height, height, class: 'bar-of' }, label));
  });
  svg.append(makeSvg('line', { x1: 0, x2: 1000, y1: 186.5, y2: 186.5, class: 'base' }));
  const select = make('select', { 'aria-label': 'What the chart shows', on: { change: () => choose.to(select.value) } },
    ...series.map((name) => make('option', { value: name }, answer.definitions[name]?.title ?? name)));
  select.value = chosen;
  const [first, last] = [table.rows[0], table.rows[table.rows.length - 1]];
  return make('div', { class: 'chart' }, svg,
    make('div', { class: 'axis' }, make('span', {}, time(first[0], answer.tz, answer.by)),
      make('span', {}, `highest ${write(most, 'count')}`), make('span', {}, time(last[0], answer.tz, answer.by))),
    make('div', { class: 'row-of' }, select,
      make('p', { class: 'legend' }, `Times of ${answer.tz}.${holes ? ' Hatched: nothing was collected, or events were lost.' : ''}`)));
}

/** A bar for a part of a whole, in a cell. */
export function meter(part) {
  const width = Math.max(0, Math.min(1, part)) * 100;
  return makeSvg('svg', { class: 'meter', viewBox: '0 0 100 5', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    makeSvg('rect', { width: 100, height: 5 }), makeSvg('rect', { width, height: 5 }));
}
