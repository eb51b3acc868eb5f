// What the browser keeps of this origin's, as `<where> <key>`, and what of the page's went to the collector: to ask for the
// site's settings says nothing of anybody.
window.kept = async () => {
  const keys = (where) => Object.keys(window[where]).map((key) => `${where} ${key}`);
  const cookies = document.cookie.split('; ').filter(Boolean);
  const databases = (await indexedDB.databases?.()) || [];
  return [
    ...cookies.map((cookie) => `cookie ${cookie.split('=')[0]}`),
    ...databases.map(({ name }) => `database ${name}`),
    ...keys('localStorage'),
    ...keys('sessionStorage'),
  ].sort();
};
window.sent = () => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/v1\/(?!sites\/)/.test(name));
