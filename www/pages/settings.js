// The settings of a host page: its own, and those that its address brings along as JSON (?settings={"level":1}).
window.settings = (own) => ({
  site: 'demo',
  collector: 'http://127.0.0.1:8787',
  ...own,
  ...JSON.parse(new URLSearchParams(location.search).get('settings')),
});
