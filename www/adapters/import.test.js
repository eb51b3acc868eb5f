// Where a site is rendered on a server there is neither window nor document: importing an adapter does nothing there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const here = new URL('.', import.meta.url);
const adapters = readdirSync(here).filter((name) => name.endsWith('.js') && !/test|stand-in/.test(name));

test('an import without a page does nothing', async () => {
  const before = Object.keys(globalThis);
  for (const name of adapters) assert.ok(Object.keys(await import(new URL(name, here))).length > 0, name);
  assert.deepEqual(Object.keys(globalThis), before);
});

test('no adapter imports anything but what the adapters share', () => {
  for (const name of adapters) {
    // The examples in the comments are the site's imports.
    const code = readFileSync(new URL(name, here), 'utf8').replace(/\/\*[^]*?\*\//g, '');
    const imports = [...code.matchAll(/\bimport\b[^'"]*['"]([^'"]+)/g)].map(([, path]) => path);
    assert.deepEqual(imports.filter((path) => path !== './play.js'), [], name);
  }
});

test('every adapter has its declarations', () => {
  for (const name of adapters) assert.ok(readFileSync(new URL(name.replace('.js', '.d.ts'), here), 'utf8'), name);
});
