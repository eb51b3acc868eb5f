// The stub for pages without the snippet: makes `window.waymark` a function that queues calls with their times until the
// recorder is loaded. The snippet has the same lines; a test compares them.
export const stub = (page) => {
  const queue = [];
  // A page may have replaced what lists do.
  queue.push = (call) => (queue[queue.length] = call);
  // An async function never throws, and its promise is the browser's own, also where the page has replaced `Promise`.
  (page.waymark = async (...call) => {
    let at, href, title;
    try {
      at = Date.now();
      // Where: the page may have moved on when the recorder is there.
      href = location.href;
      title = document.title;
      // What is recorded is what was true at the call; the page may change the object afterwards. Where old libraries have
      // taught lists to be texts in JSON, the recorder knows better.
      if (call[0] == 'record' && ![].toJSON) call[2] = JSON.parse(JSON.stringify(call[2]));
    } catch {}
    return {
      then: (settle) =>
        queue.length < 1000
          ? queue.push([at, settle, call, href, title])
          : settle({ ok: false, error: 'too many calls before the recorder was loaded' }),
    };
  }).q = queue;
  return queue;
};
