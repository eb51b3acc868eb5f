// The shop's guidance: every tour, on which page it runs, and how it is started and recorded.

import { driver } from '/vendor/driver.js/driver.js.mjs';
import { recordTour } from '/adapters/driver.js';
import { isDenied } from './consent.js';

const step = (element, title, description, popover = {}) => ({ element, popover: { title, description, ...popover } });

export const tours = {
  'look-around': {
    id: 124901,
    name: 'Take the tour',
    about: 'The shop in five stops',
    page: '/demo/',
    steps: [
      step('.hero-text', 'Welcome to Saltmarsh', 'A small pottery on the estuary. This takes half a minute, and you can leave whenever you like.'),
      step('#featured', 'Fresh from the kiln', 'Four pieces of this week’s firing. Open one to see its size, its glaze and how to care for it.', { side: 'top' }),
      step('#nav-shop', 'Everything we make', 'The whole shelf, which you can narrow to mugs, bowls, jugs or vases.'),
      step('#nav-basket', 'Your basket', 'What you choose waits here, also when you close the page.'),
      step('#help', 'Help is here', 'Every tour of the shop can be taken again from this button.', { side: 'top', align: 'end' }),
    ],
  },
  'how-to-order': {
    id: 124902,
    name: 'How to order',
    about: 'From a product to your basket',
    page: '/demo/products/tide-mug/',
    runsOn: (path) => /^\/demo\/products\/[^/]+\/$/.test(path),
    steps: [
      step('.facts', 'Check the size', 'Pots look bigger on a screen. The measurements are of the real thing.'),
      step('#quantity', 'How many?', 'Up to twenty of a kind: more than that, write to us and we fire a kiln for you.'),
      step('#add-to-basket', 'Put it in the basket', 'Nothing is ordered yet.', { side: 'top' }),
      step('#nav-basket', 'Then pay here', 'Open the basket to see delivery and the total.'),
    ],
  },
  'your-basket': {
    id: 124903,
    name: 'Your basket, explained',
    about: 'Quantities, delivery and paying',
    page: '/demo/cart/',
    steps: [
      step('#lines', 'Change your mind', 'Set another quantity, or take a piece out.'),
      step('#gift-note', 'A note for the parcel', 'We write it on a card by hand.'),
      step('#sums', 'No surprises', 'Delivery is £5, and free from £60.'),
    ],
  },
  'your-account': {
    id: 124904,
    name: 'Your account',
    about: 'Orders and settings',
    page: '/demo/app/',
    steps: [
      step('#to-orders', 'Follow a parcel', 'Each order shows where it is, from wheel to doorstep.'),
      step('#to-settings', 'Say how we may write', 'Letters about firings come only if you tick the box.'),
    ],
  },
  'log-in': {
    id: 124909,
    name: 'Log in',
    about: 'Sign in to see your orders',
    page: '/demo/sign-in/',
    steps: [
      step('#email', 'Your e-mail address', 'Any address will do in this demo: it stays in your browser.'),
      step('#password', 'And a password', 'Nobody reads it, and it is not kept.'),
      step('#sign-in', 'That is all', 'You stay signed in for a month.', { side: 'top' }),
    ],
  },
  'become-a-customer': {
    id: 124905,
    name: 'Become a customer',
    about: 'What the form asks, and why',
    page: '/demo/join/',
    steps: [
      step('#full-name', 'Who you are', 'As it stands on the parcel. It stays on this page.'),
      step('#card-number', 'How you pay', 'Nobody records what you write here, nor how long it is.'),
      step('#surprise', 'A button that does nothing', 'Press it and see a dead click arrive in the inspector. Press it four times for a rage click.', { side: 'top' }),
    ],
  },
};

export const runsHere = ({ page, runsOn }) => (runsOn ? runsOn(location.pathname) : location.pathname === page);

/** Starts a tour on this page. `startedBy` is 'user' or 'rule'. */
export function start(slug, startedBy) {
  const { id, name, steps } = tours[slug];
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const config = {
    steps,
    animate: !still,
    popoverClass: 'shop-tour',
    showProgress: true,
    progressText: '{{current}} of {{total}}',
    prevBtnText: 'Back',
    doneBtnText: 'Done',
    overlayColor: '#061311',
    overlayOpacity: 0.62,
    stagePadding: 8,
    stageRadius: 12,
    skipMissingElement: true,
  };
  recordTour(driver(config), { id, name, startedBy }).drive();
}

/** Starts a tour once per user, without being asked. Where nobody can say whether it has run, it does not. */
export async function startOnce(slug) {
  // A customer who lets nothing be kept would be greeted on every visit.
  if (isDenied()) return;
  const { id } = tours[slug];
  const silence = new Promise((settle) => setTimeout(settle, 1000, {}));
  const { ok, value } = await Promise.race([window.waymark?.('state.get', 'autoplay', id), silence]) ?? {};
  if (!ok || value) return;
  start(slug, 'rule');
  window.waymark('state.set', 'autoplay', id, 1);
}

/** Starts what the help button of another page asked for by `?tour=`. */
export function startAsked() {
  const address = new URL(location.href);
  const slug = address.searchParams.get('tour');
  if (!Object.hasOwn(tours, slug ?? '')) return false;
  address.searchParams.delete('tour');
  history.replaceState(history.state, '', address);
  if (!runsHere(tours[slug])) return false;
  start(slug, 'user');
  return true;
}
