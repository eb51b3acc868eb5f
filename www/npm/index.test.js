import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

import * as commands from './index.js';

const SETTINGS = { site: 'shop', collector: 'https://collect.example.com/' };
const source = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** A page that has what the package touches; the scripts that were put into it. */
function page() {
  const scripts = [];
  const head = { append: (script) => (scripts.push(script), (script.isConnected = true)) };
  globalThis.window = { warned: [] };
  globalThis.Document = class {
    createElement() {
      return {};
    }
  };
  globalThis.document = Object.assign(new Document(), { head });
  globalThis.location = { href: 'https://shop.example/' };
  return scripts;
}

/** As the loader: takes the queue, and answers every call. */
function recorder(answer = () => ({ ok: true, value: undefined })) {
  const made = [];
  const queue = window.waymark.q;
  queue.used = queue;
  queue.push = ([, settle, call]) => (made.push(call), settle(answer(...call)));
  queue.splice(0).forEach(queue.push);
  window.waymark = async (...call) => (made.push(call), answer(...call));
  return made;
}

afterEach(() => ['window', 'document', 'Document', 'location'].forEach((name) => delete globalThis[name]));

test('on a server a call does nothing but answer', async () => {
  const before = Object.keys(globalThis);
  for (const [name, command] of Object.entries(commands)) assert.equal((await command()).ok, false, name);
  assert.deepEqual(Object.keys(globalThis), before);
});

test('calls wait for init, and the recorder gets them in order', async () => {
  const scripts = page();
  const early = commands.record('early', { n: 1 });
  assert.equal(window.waymark, undefined, 'a snippet may come later');
  const started = commands.init(SETTINGS, { nonce: 'abc', integrity: 'sha384-x' });
  assert.deepEqual(scripts.map(({ src }) => src), ['https://collect.example.com/waymark.js']);
  assert.equal(scripts[0].nonce, 'abc');
  assert.deepEqual([scripts[0].integrity, scripts[0].crossOrigin], ['sha384-x', 'anonymous']);
  await Promise.resolve();
  const made = recorder();
  assert.equal((await early).ok, true);
  assert.equal((await started).ok, true);
  await commands.stateGet('task', 1);
  assert.deepEqual(made, [['record', 'early', { n: 1 }], ['init', SETTINGS], ['state.get', 'task', 1]]);
});

test('the policy of Trusted Types is left for what the recorder loads itself', () => {
  const scripts = page();
  globalThis.trustedTypes = { createPolicy: (name, { createScriptURL }) => ({ name, createScriptURL }) };
  commands.init(SETTINGS);
  delete globalThis.trustedTypes;
  assert.equal(window.waymark.q.policy.name, 'waymark');
  assert.equal(scripts[0].src, 'https://collect.example.com/waymark.js');
});

test('another init does nothing, with a note', async () => {
  const scripts = page();
  const [first, second] = [commands.init(SETTINGS), commands.init({ ...SETTINGS, level: 2 })];
  await Promise.resolve();
  const made = recorder();
  assert.equal((await first).note, undefined);
  assert.match((await second).note, /^already started/);
  assert.match((await commands.init(SETTINGS)).note, /^already started/);
  assert.deepEqual([made.length, scripts.length], [1, 1]);
});

test('an init that failed can be made again', async () => {
  page();
  const throwing = {
    get collector() {
      throw new Error("the page's");
    },
  };
  for (const settings of [undefined, { site: 'shop' }, throwing])
    assert.match((await commands.init(settings)).error, /collector/);
  const first = commands.init({ ...SETTINGS, site: '' });
  await Promise.resolve();
  const made = recorder((_command, { site }) => (site ? { ok: true } : { ok: false, error: 'site must be' }));
  assert.equal((await first).ok, false);
  assert.equal((await commands.init(SETTINGS)).ok, true);
  assert.equal(made.length, 2);
});

test('the snippet of the page is used', async () => {
  const scripts = page();
  const early = commands.record('early');
  const { stub } = await import('../stub.js');
  stub(window);
  const started = commands.init(SETTINGS);
  await Promise.resolve();
  const made = recorder();
  await Promise.all([early, started]);
  assert.deepEqual(made.map(([command]) => command), ['record', 'init']);
  assert.equal(scripts.length, 0);
});

test('after stop the recorder goes on answering', async () => {
  const scripts = page();
  const started = commands.init(SETTINGS);
  await Promise.resolve();
  recorder((command) => (command === 'init' ? { ok: true } : { ok: false, error: 'the recorder was stopped' }));
  await started;
  await commands.stop();
  delete window.waymark;
  for (const call of [commands.record('a'), commands.init(SETTINGS)]) await call;
  assert.equal((await commands.record('a')).error, 'the recorder was stopped');
  assert.equal(scripts.length, 1);
});

test('a script that does not come leaves nothing waiting', async (context) => {
  const scripts = page();
  const warn = context.mock.method(console, 'warn', () => {});
  const started = commands.init(SETTINGS);
  await Promise.resolve();
  scripts[0].onerror();
  for (const call of [started, commands.flush(), commands.init(SETTINGS)])
    assert.equal((await call).error, 'the recorder could not be loaded');
  assert.equal(warn.mock.callCount(), 1);
});

test('there is a function for each command that is declared', () => {
  const declared = [...source('../waymark.d.ts').matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(commands).sort(), [...new Set(declared)].sort());
});

test('every file has its declarations, and the version is that of the workspace', () => {
  const { version, exports } = JSON.parse(source('package.json'));
  assert.match(source('../../Cargo.toml'), new RegExp(`^version = "${version}"$`, 'm'));
  for (const name of ['.', './react', './vue', './testing']) {
    assert.deepEqual(Object.keys(exports[name]), ['types', 'default'], name);
    for (const file of Object.values(exports[name])) assert.ok(source(file), file);
  }
});
