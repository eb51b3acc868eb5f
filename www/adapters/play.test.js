// What the adapters share: each play has one beginning and one end, even if a library reports several.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { chain, playsOf } from './play.js';

let events;
const record = (verb, { oId, oRequestedSubObject: asked, oActualSubObject: shown = '-' }) =>
  events.push(`${verb} ${oId} ${asked}/${shown}`);
const plays = (id, steps = []) => playsOf({ id, record, steps: { ask: 70 } }, (index) => steps[index]);

beforeEach(() => {
  events = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('two contents at once do not mix', () => {
  const [one, two] = [plays(1), plays(2)];
  one.ask(0);
  two.ask(1);
  one.show(0);
  two.show(1);
  one.show(1);
  two.end(false);
  one.end(true);
  assert.deepEqual(events, ['play 1 1/1', 'play 2 2/2', 'step 1 2/2', 'close 2 2/2', 'complete 1 2/2']);
});

test('a play has one end, and nothing counts twice', () => {
  const tour = plays(1);
  tour.show(0);
  tour.end(true);
  tour.ask(0);
  tour.ask(0);
  tour.show(0);
  tour.show(0);
  tour.end(true);
  tour.end(false);
  tour.show(1);
  assert.deepEqual(events, ['play 1 1/1', 'complete 1 1/1']);
});

test('what shows nothing for five seconds has failed, and is a new play when it shows something', () => {
  const tour = plays(1);
  tour.ask(2);
  mock.timers.tick(4999);
  assert.deepEqual(events, []);
  mock.timers.tick(1);
  assert.deepEqual(events, ['playFailed 1 3/-']);
  tour.show(2);
  tour.end(false);
  tour.ask(0);
  tour.end(false);
  mock.timers.tick(5000);
  assert.deepEqual(events.slice(1), ['play 1 3/3', 'close 1 3/3', 'playFailed 1 1/-']);
});

test('the timer of a play that has ended says nothing of the next one', () => {
  const tour = plays(1);
  tour.ask(0);
  mock.timers.tick(4000);
  tour.end(false);
  tour.ask(1);
  mock.timers.tick(4000);
  assert.deepEqual(events, ['playFailed 1 1/-']);
});

test('steps are numbered by their data, their id, the map, their place', () => {
  const tour = plays(1, [{ data: { id: 50 } }, { id: 60 }, { id: 'ask' }, { id: 'other' }]);
  tour.ask(0);
  for (const index of [0, 1, 2, 3]) tour.show(index, index);
  assert.deepEqual(events, ['play 1 50/50', 'step 1 60/60', 'step 1 70/70', 'step 1 4/4']);
});

test("the site's callback keeps its this, its answer and its throw", () => {
  const tour = { answer: 7 };
  const order = [];
  const both = chain(() => order.push('ours'), function (more) {
    order.push('theirs');
    if (more > 1) throw new Error('theirs');
    return this.answer + more;
  });
  assert.equal(both.call(tour, 1), 8);
  assert.throws(() => both.call(tour, 2), /theirs/);
  assert.equal(chain(() => {}, undefined)(), undefined);
  assert.deepEqual(order, ['ours', 'theirs', 'ours', 'theirs']);
});
