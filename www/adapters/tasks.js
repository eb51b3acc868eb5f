/**
 * Records a list of tasks of the site's own, such as a checklist for new customers.
 *
 *     const tasks = recordTasks({ id: 124920, name: 'First steps', tasks: [{ id: 124921, name: 'Choose a mug' }] });
 *     tasks.open();              // the list is shown
 *     tasks.start(124921);       // the user begins a task
 *     await tasks.done(124921);  // and has done it
 *     await tasks.isDone(124921);
 *     tasks.close();             // the list is put away
 *
 * What is done is kept (`state.set`), so that a task is complete once for each user, and not once for each page. Where
 * nothing can be kept, or Waymark is not there, it is complete once for each list.
 */

import { eventsOf } from './play.js';

/** The value of a task that is done, in the user's state. */
const DONE = 2;

/**
 * @param {import('./play.js').Content & {
 *   tasks: { id: number, name?: string }[],
 *   waymark?: (...call: unknown[]) => PromiseLike<{ ok: boolean, value?: unknown }> | undefined,
 * }} content `waymark` is called instead of `window.waymark`
 * @returns {{
 *   open(): void, close(): void, start(task: number): void, done(task: number): Promise<boolean>,
 *   isDone(task: number): Promise<boolean>,
 * }} `done` answers whether it has recorded it
 */
export function recordTasks({ tasks, waymark = (...call) => globalThis.waymark?.(...call), ...content }) {
  const record = content.record ?? ((...event) => void waymark('record', ...event));
  const list = eventsOf({ ...content, record }, 'tasks');
  const begun = new Set();
  const done = new Set();
  let isOpen = false;

  const emit = (verb, id) => {
    const { name } = tasks.find((task) => task.id === id) ?? {};
    eventsOf({ ...content, id, name, record }, 'task')(verb);
  };

  /** Asks Waymark; what it cannot answer is `undefined`. */
  async function ask(...call) {
    try {
      const answer = await waymark(...call);
      return answer?.ok ? answer.value : undefined;
    } catch {
      return undefined;
    }
  }

  async function isDone(id) {
    return done.has(id) || (await ask('state.get', 'task', id))?.value === DONE;
  }

  return {
    open() {
      if (!isOpen) list('play');
      isOpen = true;
    },
    close() {
      if (isOpen) list('close');
      isOpen = false;
    },
    start(id) {
      if (!begun.has(id)) emit('play', id);
      begun.add(id);
    },
    async done(id) {
      if (done.has(id)) return false;
      // At once: the next call must not ask for what this one is about to keep.
      done.add(id);
      if ((await ask('state.get', 'task', id))?.value === DONE) return false;
      emit('complete', id);
      await ask('state.set', 'task', id, DONE, { record: false });
      return true;
    },
    isDone,
  };
}
