// Starts the recorder and records marks, by whose numbers a test finds out what arrived. `?marks=<run>,<count>,<ms>`
// begins by itself, one every so many ms.
const started = waymark('init', settings());

window.mark = (run, from, to, bytes = 0) => {
  const fill = bytes ? { fill: 'x'.repeat(bytes) } : {};
  for (let n = from; n < to; n++) waymark('record', 'mark', { run, n, ...fill });
};

// One every so many ms, however late the timer is.
window.pace = (run, count, every) => {
  const began = Date.now();
  let n = 0;
  const timer = setInterval(() => {
    while (n < count && began + n * every <= Date.now()) mark(run, n, ++n);
    if (n == count) clearInterval(timer);
  }, every);
  window.began = began;
};

// Works for so long without a pause: the process that this page is in is the one that did.
window.burn = (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

const [run, count, every] = (new URLSearchParams(location.search).get('marks') || '').split(',');
if (run) {
  // A page that has never got its settings records nothing while the collector is away.
  started.then(() => {
    pace(run, +count, +every);
    // The site's own log tells a test that cannot ask the page.
    fetch(`/began/${run}/${began}`).catch(() => {});
  });
}
