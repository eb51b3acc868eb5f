// What a site owner pastes, once minified (`target/dist/snippet.js`, under 1 kB): makes `window.waymark` a function that
// queues calls with their times, and loads the recorder. The collector's address stands at the end; where nobody has written
// one there, it is where the snippet is loaded from.
((page, collector) => {
  // An element may have that id.
  if (page.waymark?.call) return;
  // As in stub.js: what is pasted stands alone.
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
  // A blocked or unreachable script, or one that is something else, leaves nothing waiting.
  const fail = () => {
    if (queue.used == queue) return;
    const error = 'the recorder could not be loaded';
    queue.push = (call) => call[1]({ ok: false, error });
    queue.splice(0).map(queue.push);
    console.warn('waymark: ' + error);
  };
  try {
    const { currentScript, head } = document;
    if (/\.example\./.test(collector)) {
      // Modules and evaluated scripts are no current script.
      const own = currentScript || document.querySelector('[src*="/snippet.js"]');
      collector = own.src.replace(/.[^/]*$/, '') || collector;
    }
    // A form may have that name.
    const script = Document.prototype.createElement.call(document, 'script');
    let src = collector + '/waymark.js';
    // Where the page has Trusted Types; what the page allows is its own to say.
    try {
      src = (queue.policy = trustedTypes.createPolicy('waymark', { createScriptURL: (url) => url })).createScriptURL(src);
    } catch {}
    script.onload = script.onerror = fail;
    script.nonce = currentScript?.nonce;
    script.src = src;
    head.append(script);
    // A blocker may have taken the address away, or kept the script out of the page.
    script.matches('*>[src*=waymark]') || fail();
  } catch {
    fail();
  }
})(window, 'https://collect.example.com');
