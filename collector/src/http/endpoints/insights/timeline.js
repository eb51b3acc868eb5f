// A series over time, drawn by uPlot. It stands above the table with the same numbers, which screen readers read.
// uPlot is a script of the page's; without the files that the collector serves (`assets`) the table has the numbers alone.

import { dayOf, make, sizeOf, time, write } from './values.js';

/** Height of the plot, and least room for a time below it, in pixels. */
const HEIGHT = 220;
const LABEL = 110;

const DAY = 86_400_000;

/** One series of a trend. Steps without data, and days with losses, are hatched. */
export function timeline(answer, table, on) {
  const series = table.columns.slice(1);
  if (table.rows.every((row) => row.slice(1).every((value) => value === null))) {
    return make('p', { class: 'chart none' }, 'Nothing was collected in this range.');
  }
  const chosen = series.includes(on.series) ? on.series : series[0];
  const at = table.columns.indexOf(chosen);
  const title = answer.definitions[chosen]?.title ?? chosen;
  const points = table.rows.map((row) => ({ from: row[0], value: row[at] }));
  const holes = holesOf(answer, points);
  const most = Math.max(...points.map(({ value }) => sizeOf(value)));
  const label = `${title} by ${answer.by}, at most ${write(most, 'count')}. The table below has the numbers.`;
  const plot = make('div', { class: 'plot', role: 'img', 'aria-label': label, 'data-holes': holes.length });
  const pointed = make('p', { class: 'pointed' });
  const point = (place) => {
    const { from, value } = points[place ?? points.length - 1];
    pointed.textContent = `${time(from, answer.tz, answer.by)}: ${value === null ? 'no data' : write(value, 'count')}`;
  };
  point(null);
  const draw = { points, holes, point, answer, range: on.range };
  if (window.uPlot) follow(plot, draw);
  else plot.append('The chart needs the files that cargo xtask build makes: set assets. The table has the numbers.');
  const select = make('select', { 'aria-label': 'What the chart shows', on: { change: () => on.choose(select.value) } },
    ...series.map((name) => make('option', { value: name }, answer.definitions[name]?.title ?? name)));
  select.value = chosen;
  const legend = [`Times of ${answer.tz}.`];
  if (holes.length > 0) legend.push('Hatched: nothing was collected, or events were lost.');
  if (on.range) legend.push('Drag over days to see them alone.');
  return make('div', { class: 'chart' }, plot, make('div', { class: 'row-of' }, select, pointed, make('p', { class: 'legend' }, legend.join(' '))));
}

/** The steps in which collection had a hole, as pairs of times. */
function holesOf(answer, points) {
  // The audit counts by UTC days, which overlap the local steps.
  const lossy = (answer.loss?.days ?? []).map((day) => Date.parse(`${day}T00:00:00Z`));
  // What is before the first event, and what is to come, is no hole in collection.
  const hadBefore = answer.numbers.some(({ before }) => before > 0);
  const begun = hadBefore ? 0 : points.findIndex(({ value }) => value !== null);
  return points.flatMap(({ from, value }, place) => {
    const to = points[place + 1]?.from ?? answer.to;
    const isMissing = value === null && begun >= 0 && place >= begun && from < Date.now();
    const hasLoss = lossy.some((day) => day < to && from < day + DAY);
    return isMissing || hasLoss ? [[from, to]] : [];
  });
}

function show(plot, { points, holes, point, answer, range }) {
  const role = (name) => getComputedStyle(plot).getPropertyValue(name).trim();
  const axis = { stroke: () => role('--faint'), font: '12px system-ui, sans-serif', ticks: { show: false } };
  // A label at every so many steps, so that each stands under its own point.
  const labelled = (drawn) => {
    const least = Math.ceil(points.length / Math.max(1, drawn.bbox.width / devicePixelRatio / LABEL));
    // Of many hours, those at the begin of a day.
    const every = answer.by === 'hour' && least > 6 ? Math.ceil(least / 24) * 24 : Math.max(1, least);
    return points.filter((_, place) => place % every === 0).map(({ from }) => from);
  };
  const options = {
    width: plot.clientWidth || 600,
    height: HEIGHT,
    ms: 1,
    legend: { show: false },
    scales: {
      // Half a step of room at both ends: a point stands for its whole step.
      x: { range: () => [points[0].from, Math.max(answer.to, points[points.length - 1].from + 1)] },
      y: { range: (_, __, most) => [0, Math.max(1, most) * 1.08] },
    },
    axes: [
      { ...axis, size: 30, grid: { show: false }, splits: labelled, values: (_, times) => times.map((ms) => time(ms, answer.tz, `short ${answer.by}`)) },
      { ...axis, size: 56, grid: { stroke: () => role('--line'), width: 1 }, values: (_, values) => values.map((value) => (Number.isInteger(value) ? write(value, 'count') : '')) },
    ],
    series: [{}, {
      stroke: () => role('--accent'), fill: () => role('--accent-soft'), width: 2,
      points: { show: points.length <= 62, size: 6, fill: () => role('--surface') },
    }],
    cursor: { y: false, drag: { x: Boolean(range), y: false, setScale: false }, points: { size: 9 } },
    hooks: {
      draw: [(drawn) => hatch(drawn, holes, role('--faint'))],
      setCursor: [(drawn) => point(drawn.cursor.idx)],
      setSelect: [(drawn) => {
        const { left, width } = drawn.select;
        if (!range || width < 4) return;
        const [from, to] = [left, left + width].map((x) => dayOf(drawn.posToVal(x, 'x'), answer.tz));
        range(from, to);
      }],
    },
  };
  const drawn = new window.uPlot(options, [points.map(({ from }) => from), points.map(({ value }) => (value === null ? null : sizeOf(value)))], plot);
  plot.dataset.points = String(drawn.data[0].length);
  return drawn;
}

/** Draws once there is room, and anew when the room or the colours change, until the chart is gone. */
function follow(plot, draw) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let drawn = null;
  const redraw = () => drawn?.redraw(false);
  const sizes = new ResizeObserver(() => {
    if (plot.isConnected) {
      if (drawn) drawn.setSize({ width: plot.clientWidth, height: HEIGHT });
      else drawn = show(plot, draw);
      return;
    }
    sizes.disconnect();
    dark.removeEventListener('change', redraw);
    drawn?.destroy();
  });
  sizes.observe(plot);
  dark.addEventListener('change', redraw);
}

function hatch({ ctx, bbox, valToPos }, holes, colour) {
  if (holes.length === 0) return;
  const unit = 6 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  for (const [from, to] of holes) {
    const [left, right] = [valToPos(from, 'x', true), valToPos(to, 'x', true)];
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += unit) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}
