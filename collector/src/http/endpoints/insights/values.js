// How values are written for people, by their units.

const NUMBER = new Intl.NumberFormat('en-GB');
const PERCENT = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const REAL = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });

/** A value as text; `zone` is the time zone of times, `by` the step of a trend. */
export function write(value, unit, zone, by) {
  if (value === null || value === undefined) return '–';
  // `< 5` of a shared link.
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'count': return NUMBER.format(value);
    case 'ratio': return REAL.format(value);
    case 'share': return `${PERCENT.format(value * 100)} %`;
    case 'duration': return duration(value);
    case 'time': return time(value, zone, by);
    default: return String(value);
  }
}

/** The size of a number in a drawing: none of no data, and of `< 5`. */
export const sizeOf = (value) => (typeof value === 'number' ? value : 0);

function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 60) return `${NUMBER.format(Math.round(seconds * 10) / 10)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${NUMBER.format(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

export function time(ms, zone, by) {
  const day = { day: 'numeric', month: 'short', year: 'numeric' };
  const parts = {
    month: { month: 'long', year: 'numeric' },
    'short month': { month: 'short', year: 'numeric' },
    'short week': { day: 'numeric', month: 'short' },
    'short day': { day: 'numeric', month: 'short' },
    'short hour': { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    week: day,
    day: { weekday: 'short', ...day },
    hour: { ...day, hour: '2-digit', minute: '2-digit' },
  }[by] ?? { ...day, hour: '2-digit', minute: '2-digit', second: '2-digit' };
  try {
    return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: zone }).format(ms);
  } catch {
    return new Date(ms).toISOString();
  }
}

/** The local day of a time, as the address has it. In a zone that there is not, it is the day in UTC. */
export function dayOf(ms, zone) {
  try {
    // No language has this form in every engine.
    const wanted = { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone };
    const parts = new Intl.DateTimeFormat('en', wanted).formatToParts(ms);
    return ['year', 'month', 'day'].map((name) => parts.find(({ type }) => type === name).value).join('-');
  } catch {
    return new Date(ms).toISOString().slice(0, 10);
  }
}

/** A day that is so many days later. */
export function addDays(day, days) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** An element with children, which are elements or texts. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (key === 'on') for (const [kind, listener] of Object.entries(value)) element.addEventListener(kind, listener);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Saves what was answered as a file of this name. */
export async function saveFile(answer, name) {
  const url = URL.createObjectURL(await answer.blob());
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const SVG = 'http://www.w3.org/2000/svg';

export function makeSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
