// The panel's words for what `inspect` shows.

export const LEVELS = ['Nothing', 'Guidance', 'Actions', 'Replay'];
export const ALLOWED = ['nothing', 'page visits and guidance', 'clicks and forms too', 'everything'];
export const COLLECTED = [
  '',
  'The pages you visit here and how you use the tours, tips and surveys on them, with your browser, operating system, window size and time zone.',
  'The pages you visit here, how you use the tours, tips and surveys on them, and what you click, change and submit, with your browser, operating system, window size and time zone. Never passwords.',
  'The pages you visit here, what you do on them, and a recording from which the page can be replayed: what it showed, pointer, scrolling and window size. Never passwords.',
];
// A test holds that this and the lists of kept keys and of losses name what the recorder has (xtask/src/docs/lists.rs).
export const CAPS = {
  settings: 'the settings of this site',
  page: 'this page',
  consent: 'your consent',
  gpc: 'your browser’s Global Privacy Control signal',
  dnt: 'your browser’s Do Not Track signal',
  gate: 'the site’s own check of this page',
  manual: 'the site’s switch for more than guidance',
  sampling: 'the share of visitors that this site records',
};
export const CONSENT = {
  granted: 'You allowed it.',
  denied: 'You said no.',
  unknown: 'You have not been asked, or have not answered yet.',
  implied: 'You have not said no: this site takes that as a yes until you do.',
};
export const PURPOSES = { functional: 'making guidance work', analytics: 'statistics', playback: 'replays' };
// By what a key's name begins with, before its first dot. `inspect` lists the recorder's own keys and no others.
export const KEPT = {
  'wm-euid': ['Recognises this browser: a random ID without your name.', 'for a year'],
  'wm-session': ['Holds one visit together, across pages and tabs.', 'until 30 minutes without activity, 12 hours at most'],
  'wm-tab': ['Tells this tab from others, so that nothing is counted twice.', 'until the tab is closed'],
  'wm-consent': ['Remembers what you allowed.', ''],
  'wm-settings': ['Remembers the settings of this site, without anything about you.', ''],
  'wm-sample': ['Says whether this browser is one of those that are recorded: a random number.', 'for a year'],
  'wm-state': ['Remembers how far you are in tours, tasks and courses, and what the site saves for you.', ''],
  'wm-out': ['Holds what was recorded and has not arrived yet.', 'until it has arrived, a week at most'],
  'wm-lease': ['Says which page sends what has not arrived yet.', 'for 8 seconds at a time'],
  'wm-probe': ['Tries where this browser keeps cookies.', 'removed at once'],
};
export const PLACES = {
  localStorage: 'in this browser’s storage for this site',
  sessionStorage: 'in this tab',
  cookie: 'in a cookie',
  memory: 'in this page’s memory only, gone when you leave it',
};
export const LOST = {
  overflow: 'waited too long and made room for newer ones',
  refused: 'were refused by the collector',
  too_large: 'were too large',
  rate: 'came faster than ten a second',
  held: 'waited for your answer while too many others did',
  expired: 'could not be delivered for a week',
  withdrawn: 'were dropped when you withdrew your consent',
  unreadable: 'were kept in this browser, which could not read them again',
};
