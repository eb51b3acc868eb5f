// What a site owner pastes, once minified (`target/dist/snippet.js`, under 1 kB): makes `window.waymark` a function that
// queues calls with their times, and loads the recorder. The collector's address stands at the end; where the snippet is
// itself loaded from the collector, that one is it.
((page, collector) => {
  if (page.waymark) return;
  // As in stub.js: what is pasted stands alone.
  const queue = [];
  (page.waymark = (...call) => {
    const at = Date.now();
    // What is recorded is what was true at the call; the page may change the object afterwards.
    try {
      if (call[0] == 'record') call[2] = JSON.parse(JSON.stringify(call[2]));
    } catch {}
    return new Promise((settle) =>
      queue.length < 1000
        ? // Where: the page may have moved on when the recorder is there.
          queue.push([at, settle, call, [location.href, document.title]])
        : settle({ ok: false, error: 'too many calls before the recorder was loaded' }),
    );
  }).q = queue;
  const script = document.createElement('script');
  script.async = true;
  script.src = collector + '/waymark.js';
  // A blocked or unreachable script leaves nothing waiting.
  script.onerror = () => {
    queue.push = ([, settle]) => settle({ ok: false, error: 'the recorder could not be loaded' });
    queue.splice(0).map(queue.push);
  };
  document.head.append(script);
})(window, document.currentScript.src.replace(/.[^/]*$/, '') || 'https://collect.example.com');
