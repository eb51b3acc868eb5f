// The helpers with a server that answers as `waymark-collector micro` does.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, beforeEach, test } from 'node:test';

import { addCommands, micro } from './testing.js';

const PLAY = { id: '1', time: 1, type: 'play', data: { oId: 124909, oName: 'Log in', steps: [1, 2] } };
const VIEW = { id: '0', time: 0, type: 'pageView' };

const stored = { good: [], bad: [] };
const server = createServer(({ method, url }, response) => {
  if (method === 'POST' && url === '/micro/reset') stored.good = stored.bad = [];
  const counts = { total: stored.good.length + stored.bad.length, good: stored.good.length, bad: stored.bad.length };
  response.end(JSON.stringify({ '/micro/good': stored.good, '/micro/bad': stored.bad }[url] ?? counts));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
after(() => server.close());

const url = `http://127.0.0.1:${server.address().port}/`;
const collector = micro(url);
beforeEach(() => Object.assign(stored, { good: [VIEW, PLAY], bad: [] }));

test('events are found in their order, with others between', async () => {
  const expected = [{ type: /View$/ }, { data: { oId: Number.isInteger, steps: [1, 2] } }];
  assert.deepEqual(await collector.waitForEvents(expected), [VIEW, PLAY]);
  assert.deepEqual(await collector.waitForEvents({ type: 'play' }), [PLAY]);
  await assert.rejects(collector.waitForEvents(expected.toReversed(), { timeoutMs: 0 }), /found before it: play/);
});

test('an event that comes later is awaited', async () => {
  stored.good = [];
  const waiting = collector.waitForEvents([{ type: 'play' }]);
  await collector.good();
  stored.good = [PLAY];
  assert.deepEqual(await waiting, [PLAY]);
});

test('what is missing is named', async () => {
  const expected = { type: 'play', data: { oId: 124909, oName: 'Sign up', pId: /./, steps: [1] } };
  await assert.rejects(collector.waitForEvents(expected, { timeoutMs: 0 }), ({ message }) => {
    assert.match(message, /data\.oName: expected "Sign up", is "Log in"/);
    assert.match(message, /data\.pId: expected "\/\.\/", is missing/);
    assert.match(message, /data\.steps: expected \[1\], is \[1,2\]/);
    assert.match(message, /stored: pageView, play$/);
    assert.doesNotMatch(message, /data\.oId/);
    return true;
  });
});

test('a refused event is an error, unless it is expected', async () => {
  stored.bad = [{ event: { type: 'purchase' }, reason: 'invalid-data', message: 'data must be an object' }];
  await assert.rejects(collector.waitForEvents({ type: 'play' }), /purchase: invalid-data: data must be an object/);
  assert.deepEqual(await collector.waitForEvents({ type: 'play' }, { allowBad: true }), [PLAY]);
  assert.deepEqual(await collector.all(), { total: 3, good: 2, bad: 1 });
  assert.deepEqual(await collector.reset(), { total: 0, good: 0, bad: 0 });
  assert.deepEqual(await collector.good(), []);
});

test('Cypress gets commands', async () => {
  const added = {};
  // As far as the commands use it: `wrap` makes a chain, `then` waits.
  globalThis.cy = { wrap: () => ({ then: (_options, make) => make() }) };
  addCommands({ Commands: { add: (name, command) => (added[name] = command) } }, url);
  assert.deepEqual(await added.waitForEvents({ type: 'play' }), [PLAY]);
  await added.resetEvents();
  assert.deepEqual(stored.good, []);
  delete globalThis.cy;
});
