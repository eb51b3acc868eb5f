// The adapter with the real driver.js, on a stand-in for the document.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { driver } from 'driver.js';
import { recordTour } from './driver.js';
import { body, frames, Node, onPage } from './stand-in-document.js';

const settle = () => frames.splice(0).forEach((frame) => frame());
const click = (name) => document.fire('click', { target: body.find(name) });
const next = () => click('driver-popover-next-btn');
const key = (name) => (settle(), window.fire('keyup', { key: name }));

let events;
beforeEach(() => {
  for (const name of ['#a', '#b', '#c']) onPage.set(name, new Node());
  frames.length = 0;
  body.children = [];
  document.listeners = [];
  window.listeners = [];
  events = [];
});

/** Each event as "verb requested/shown". */
const told = () =>
  events.map(([verb, data]) => `${verb} ${data.oRequestedSubObject}/${data.oActualSubObject ?? '-'}`);

const steps = () => ['#a', '#b', '#c'].map((element) => ({ element, popover: { title: element } }));

function begin(config = {}, options = {}) {
  const record = (...event) => events.push(event);
  return recordTour(driver({ animate: false, steps: steps(), ...config }), { id: 7, name: 'Look', record, ...options });
}

test('an event has the fields of the example event', () => {
  begin({}, { startedBy: 'user' }).drive();
  assert.deepEqual(events[0], [
    'play',
    {
      type: 'wt',
      oId: 7,
      oName: 'Look',
      pInit: { type: 1 },
      oRequestedSubObject: 1,
      oActualSubObject: 1,
      pluginVer: '1.0.0',
    },
  ]);
});

test('a tour clicked through to its end is complete', () => {
  begin().drive();
  next();
  next();
  next();
  assert.deepEqual(told(), ['play 1/1', 'step 2/2', 'step 3/3', 'complete 3/3']);
});

test('the right arrow key walks and finishes too', () => {
  begin().drive(1);
  key('ArrowRight');
  key('ArrowRight');
  assert.deepEqual(told(), ['play 2/2', 'step 3/3', 'complete 3/3']);
});

test('a step back is a step', () => {
  begin().drive(1);
  click('driver-popover-prev-btn');
  assert.deepEqual(told(), ['play 2/2', 'step 1/1']);
});

test('x, Escape, the overlay and destroy() close, on the last step too', () => {
  for (const leave of [
    () => click('driver-popover-close-btn'),
    () => key('Escape'),
    () => document.fire('click', { target: body.find('driver-overlay').firstElementChild }),
    (tour) => tour.destroy(),
  ]) {
    events = [];
    const tour = begin();
    tour.drive(2);
    settle();
    leave(tour);
    assert.deepEqual(told(), ['play 3/3', 'close 3/3']);
    assert.equal(tour.isActive(), false);
  }
});

test('a missing element is skipped, and the event tells what was asked for', () => {
  onPage.delete('#b');
  begin({ skipMissingElement: true }).drive(1);
  click('driver-popover-prev-btn');
  next();
  next();
  assert.deepEqual(told(), ['play 2/3', 'step 2/1', 'step 2/3', 'complete 2/3']);
});

test('a tour that can show nothing has failed', () => {
  onPage.clear();
  begin({ skipMissingElement: true }).drive(1);
  begin().drive(5);
  assert.deepEqual(told(), ['playFailed 2/-', 'playFailed 6/-']);
  assert.throws(() => begin({ steps: [{ element: '!' }] }).drive());
  assert.equal(told()[2], 'playFailed 1/-');
});

test('steps are named by their own numbers', () => {
  const [first, second, third] = steps();
  begin({ steps: [{ ...first, data: { id: 1394694 } }, { ...second, id: 20 }, { ...third, id: 'mine' }] }).drive();
  next();
  next();
  assert.deepEqual(told(), ['play 1394694/1394694', 'step 20/20', 'step 3/3']);
});

test('each play is one play, and says who started it', () => {
  const tour = begin({}, { startedBy: 'user' });
  tour.drive();
  tour.drive(1);
  tour.destroy();
  tour.drive(0, { startedBy: 'rule' });
  assert.deepEqual(told(), ['play 1/1', 'step 2/2', 'close 2/2', 'play 1/1']);
  assert.deepEqual([events[0][1].pInit.type, events[3][1].pInit.type], [1, 2]);
});

test("the site's hooks are called as driver.js would call them", () => {
  const calls = [];
  const called = (name) => (_element, _step, { driver: tour, index }) => {
    calls.push(`${name} ${index}`);
    if (name === 'next') tour.moveNext();
    if (name === 'leave' || name === 'x') tour.destroy();
  };
  const [first, second, third] = steps();
  begin({
    steps: [first, { ...second, onHighlightStarted: called('own start') }, third],
    onHighlightStarted: called('start'),
    onHighlighted: called('shown'),
    onNextClick: called('next'),
    onDestroyStarted: called('leave'),
    onDestroyed: called('left'),
    onCloseClick: called('x'),
  }).drive();
  settle();
  next();
  settle();
  click('driver-popover-close-btn');
  assert.deepEqual(calls, ['start 0', 'shown 0', 'next 0', 'own start 1', 'shown 1', 'x 1', 'left 1']);
  assert.deepEqual(told(), ['play 1/1', 'step 2/2', 'close 2/2']);
});

test("a site's question before leaving decides when the tour ends, not how", () => {
  let mayLeave = false;
  const tour = begin({ onDestroyStarted: (_element, _step, opts) => mayLeave && opts.driver.destroy() });
  tour.drive(2);
  next();
  assert.deepEqual(told(), ['play 3/3']);
  mayLeave = true;
  click('driver-popover-close-btn');
  assert.equal(told()[1], 'close 3/3');
  tour.drive(2);
  next();
  assert.equal(told()[3], 'complete 3/3');
});

test('a last step that the site finishes later is complete', async () => {
  const finish = async (_element, _step, opts) => {
    await null;
    opts.driver.destroy();
  };
  begin({ onDoneClick: finish }).drive(2);
  next();
  await null;
  await null;
  assert.equal(told().at(-1), 'complete 3/3');
});

test('hooks set later, and a single highlight, do not disturb the record', () => {
  const tour = begin();
  tour.highlight({ element: '#a', popover: { title: 'only this' } });
  tour.destroy();
  assert.deepEqual(told(), []);
  tour.setConfig({ ...tour.getConfig(), doneBtnText: 'Fine' });
  tour.setSteps(steps().slice(0, 2));
  tour.drive();
  next();
  next();
  assert.deepEqual(told(), ['play 1/1', 'step 2/2', 'complete 2/2']);
});

test('a tour goes on when waymark is absent, and when it throws', () => {
  const walk = () => {
    const tour = begin({}, { record: undefined });
    tour.drive();
    next();
    assert.equal(tour.getActiveIndex(), 1);
    next();
    next();
    assert.equal(tour.isActive(), false);
  };
  walk();
  globalThis.waymark = () => {
    throw new Error('no');
  };
  walk();
  delete globalThis.waymark;
});
