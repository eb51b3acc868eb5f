// The stub for pages without the snippet: makes `window.waymark` a function that queues calls with their times until the
// recorder is loaded. The snippet has the same lines; a test compares them.
export const stub = (page) => {
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
  return queue;
};
