// Plays a tour of a library by what its user does. Each library has a file that opens a tour and names its parts.

const PATIENCE_MS = 4000;

/** Waits until something is so; says whether it came. */
export async function until(isSo, patience = PATIENCE_MS) {
  const end = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await new Promise((done) => setTimeout(done, 10));
  }
  return true;
}

const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** What the user sees of the step: the text of the newest pop-over that is shown. */
function seen(selector) {
  const shown = [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  return shown.at(-1)?.textContent.match(/Step \d/)?.[0] ?? '';
}

function find(selector) {
  const found = [...document.querySelectorAll(selector)].at(-1);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

/** A click of all that a click is made of: some libraries listen to the press. */
function click(element) {
  for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true, view: window }));
  }
}

function press(key, place) {
  const codes = { Escape: 27, ArrowRight: 39, ArrowLeft: 37 };
  for (const type of ['keydown', 'keyup']) {
    const old = { keyCode: codes[key], which: codes[key] };
    place.dispatchEvent(new KeyboardEvent(type, { key, code: key, ...old, bubbles: true, cancelable: true }));
  }
}

/** Steps for three places of the page; those in `missing` are not there. */
export const places = (missing = []) => [1, 2, 3].map((n) => (missing.includes(n) ? `#none-${n}` : `#t${n}`));

/**
 * The function that the test calls: opens a tour and does what `acts` says. `next!` is a `next` after which nothing
 * changes.
 *
 * @param {object} library `open(setup)` gives what the acts can be, beside those for which there are `selectors`
 */
export function player({ open, selectors }) {
  return async ({ acts, keep, ...setup }) => {
    const tour = await open(setup);
    const clicks = Object.entries(selectors).map(([name, selector]) => [
      name,
      // A button may come after what it stands beside.
      async () => (await until(() => document.querySelector(selector)), click(find(selector))),
    ]);
    const all = {
      ...Object.fromEntries(clicks),
      esc: () => press('Escape', find(selectors.step)),
      right: () => press('ArrowRight', find(selectors.step)),
      // What fades away is away.
      gone: () => until(() => !document.querySelector(selectors.parts)),
      ...tour,
    };
    try {
      const words = acts.split(' ');
      for (const [at, word] of words.entries()) {
        const name = word.replace('!', '');
        const before = seen(selectors.step);
        await all[name]();
        // Between two steps some libraries show nothing for a moment.
        const showsNext = at < words.length - 1 && ['start', 'next', 'back', 'right'].includes(name);
        const isNew = (now) => now !== before && (now !== '' || !showsNext);
        const isDone = word.endsWith('!') || (await until(() => isNew(seen(selectors.step))));
        if (!isDone) throw new Error(`${word}: nothing changed after “${before}”`);
        // A pop-over may be there before its library is done with it: no user is that fast.
        await until(() => tour.isReady?.() ?? true, 1000);
        await settled();
      }
    } finally {
      if (!keep) await tour.tidy?.();
    }
  };
}
