/**
 * Tests of a site's own recording, against `waymark-collector micro`.
 *
 *     import { micro } from '@waymark/recorder/testing';
 *
 *     const collector = micro('http://127.0.0.1:8787');
 *
 *     test('a tour is recorded', async ({ page }) => {
 *       await collector.reset();
 *       await page.goto('/');
 *       await collector.waitForEvents([{ type: 'play', data: { oId: 124909, oName: /./ } }]);
 *     });
 *
 * Nothing is imported: Playwright, and all else that runs on Node.js 18 or in a browser, uses `micro` as it is. Cypress gets
 * commands by `addCommands(Cypress, url)`.
 */

const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

/**
 * A collector that `waymark-collector micro` has started.
 *
 * @param {string} url its address
 * @returns {import('./testing.js').Micro}
 */
export function micro(url) {
  const ask = async (path, method = 'GET') => {
    const address = url.replace(/\/+$/, '') + '/micro/' + path;
    const response = await fetch(address, { method });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const collector = {
    all: () => ask('all'),
    good: () => ask('good'),
    bad: () => ask('bad'),
    reset: () => ask('reset', 'POST'),
    waitForEvents: (expected, options) => waitForEvents(collector, [expected].flat(), options ?? {}),
  };
  return collector;
}

/**
 * Adds `cy.waitForEvents(expected, options)` and `cy.resetEvents()`.
 *
 * @param {{ Commands: { add: Function } }} cypress the global `Cypress`
 * @param {string} url the collector's address
 */
export function addCommands(cypress, url) {
  const collector = micro(url);
  // Cypress ends a command before its promise says why, unless it waits longer.
  const wait = (options = {}) => ({ timeout: (options.timeoutMs ?? PATIENCE_MS) + 5_000, log: false });
  cypress.Commands.add('waitForEvents', (expected, options) =>
    cy.wrap(null, { log: false }).then(wait(options), () => collector.waitForEvents(expected, options)),
  );
  cypress.Commands.add('resetEvents', () => cy.wrap(null, { log: false }).then(wait(), () => collector.reset()));
}

async function waitForEvents(collector, expected, { timeoutMs = PATIENCE_MS, allowBad = false }) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const good = await collector.good();
    const bad = allowBad ? [] : await collector.bad();
    if (bad.length) throw new Error(`the collector refused ${bad.length} events:\n${bad.map(refusal).join('\n')}`);
    const found = inOrder(good, expected);
    if (found.length === expected.length) return found;
    if (Date.now() >= end) throw new Error(complaint(good, expected, found, timeoutMs));
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
}

const refusal = ({ event, reason, message }) => `  ${event?.type ?? 'a batch'}: ${reason}: ${message}`;

/** The first event for each expected one, each later than the one before, as far as there are. */
function inOrder(events, expected) {
  const found = [];
  for (const event of events)
    if (found.length < expected.length && !differences(event, expected[found.length]).length) found.push(event);
  return found;
}

/** In which members an event is not as expected. */
function differences(actual, expected, path = '') {
  const differs = () => [`${path || 'the event'}: expected ${text(expected)}, is ${text(actual)}`];
  if (typeof expected === 'function') return expected(actual) ? [] : differs();
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual) ? [] : differs();
  if (expected === null || typeof expected !== 'object') return Object.is(actual, expected) ? [] : differs();
  if (actual === null || typeof actual !== 'object') return differs();
  if (Array.isArray(expected) && expected.length !== actual.length) return differs();
  const members = Object.keys(expected);
  return members.flatMap((name) => differences(actual[name], expected[name], path ? `${path}.${name}` : name));
}

function complaint(events, expected, found, timeoutMs) {
  const missing = expected[found.length];
  const lines = [`no event is as expected in ${timeoutMs} ms: ${text(missing)}`];
  if (found.length) lines.push(`found before it: ${found.map(({ type }) => type).join(', ')}`);
  const later = events.slice(found.length ? events.indexOf(found.at(-1)) + 1 : 0);
  const alike = later.filter(({ type }) => typeof missing?.type !== 'string' || type === missing.type);
  const all = alike.map((event) => differences(event, missing)).sort((one, other) => one.length - other.length);
  if (all.length) lines.push('the most similar one differs:', ...all[0].map((difference) => '  ' + difference));
  return [...lines, `stored: ${events.map(({ type }) => type).join(', ') || 'nothing'}`].join('\n');
}

/** For a reader: JSON, with what JSON leaves out. */
function text(value) {
  if (value === undefined) return 'missing';
  const plain = (_name, member) =>
    typeof member === 'function' ? member.name || 'a function' : member instanceof RegExp ? String(member) : member;
  return JSON.stringify(value, plain);
}
