// What a site owner pastes, once bundled (`target/dist/snippet.js`, under 1 kB): queues the page's calls, and loads the
// recorder. The collector's address stands at the end; where the snippet is itself loaded from the collector, that one is it.
import { stub } from './stub.js';

const start = (page, collector) => {
  if (page.waymark) return;
  const queue = stub(page);
  const script = document.createElement('script');
  script.async = true;
  script.src = collector + '/waymark.js';
  // A blocked or unreachable script leaves nothing waiting.
  script.onerror = () => {
    queue.push = ([, settle]) => settle({ ok: false, error: 'the recorder could not be loaded' });
    queue.splice(0).map(queue.push);
  };
  document.head.append(script);
};

start(window, document.currentScript.src.replace(/.[^/]*$/, '') || 'https://collect.example.com');
