/**
 * Waymark's commands as functions, for bundlers and frameworks.
 *
 *     import { init, record } from '@waymark/recorder';
 *
 *     init({ site: 'shop', collector: 'https://collect.example.com' });
 *     record('purchase', { total: 3 });
 *
 * `init` loads the recorder from the collector. Calls before it wait, in order. Each call returns a promise that never
 * rejects. On a server, importing does nothing, and a call does nothing but answer.
 */

import { isLoading, isServer, load, shared, target } from './page.js';

const failed = (error) => ({ ok: false, error });

const call = async (...given) => {
  if (isServer()) return failed('there is no page: nothing is recorded on a server');
  try {
    return await target()(...given);
  } catch {
    return failed('the recorder cannot be reached: the page has replaced what it needs');
  }
};

const addressOf = (settings, loading) => {
  try {
    return loading?.script ?? settings.collector.replace(/\/+$/, '') + '/waymark.js';
  } catch {
    // No text, or a getter that throws.
  }
};

const start = async (settings, loading) => {
  if (!isLoading()) {
    const address = addressOf(settings, loading);
    if (!address) return failed("init needs the collector's address: nothing was loaded");
    load(address, loading ?? {});
  }
  return call('init', settings);
};

// A component that is mounted twice, or a hot reload.
const startAgain = async (first, settings, loading) => {
  const outcome = await first;
  return outcome.ok
    ? { ...outcome, note: 'already started: the first settings stay in force' }
    : start(settings, loading);
};

/** Loads the recorder and starts it. Another call changes nothing and has a note; one that failed can be made again. */
export const init = async (settings, loading) => {
  if (isServer()) return call();
  const page = shared();
  const first = isLoading() && page.started;
  page.started = first ? startAgain(first, settings, loading) : start(settings, loading);
  return page.started;
};

export const record = (type, data) => call('record', type, data);
export const identify = (id, options) => call('identify', id, options);
export const reset = () => call('reset');
export const flush = () => call('flush');
export const consent = (answer) => call('consent', answer);
export const level = (most) => call('level', most);
export const experience = (isOn) => call('experience', isOn);
export const explain = (element) => call('explain', element);
export const inspect = () => call('inspect');
export const forget = () => call('forget');
export const stateGet = (kind, name) => call('state.get', kind, name);
export const stateSet = (kind, name, value, options) => call('state.set', kind, name, value, options);
export const stateRemove = (kind, name) => call('state.remove', kind, name);
export const stateAll = () => call('state.all');
export const on = (name, listener) => call('on', name, listener);
export const stop = () => call('stop');
