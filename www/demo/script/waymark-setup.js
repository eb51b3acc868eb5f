// Puts waymark on the page, as a site's own page does with the snippet, and finds the collector to report to:
// the default, or one named once by `?collector=` and remembered for the tab.

const KEY = 'shop-collector';
const DEFAULT = 'http://127.0.0.1:8787';

// The address becomes a script's source, so that a link must not be able to name anyone's machine.
function allowed(address) {
  try {
    const { protocol, hostname, origin } = new URL(address);
    const near = ['127.0.0.1', 'localhost', '[::1]', location.hostname];
    return /^https?:$/.test(protocol) && near.includes(hostname) ? origin : undefined;
  } catch {
    return undefined;
  }
}

function remembered(asked) {
  try {
    if (asked) sessionStorage.setItem(KEY, asked);
    return asked ?? sessionStorage.getItem(KEY);
  } catch {
    return asked;
  }
}

export const collector = remembered(allowed(new URLSearchParams(location.search).get('collector'))) ?? DEFAULT;

if (!window.waymark) {
  // What a site pastes as the snippet (www/snippet.js), for a collector whose address is known only here: a queueing
  // function, then the recorder by an async script.
  (function(w){if(w.waymark)return;var q=[];(w.waymark=function(){var a=arguments,t=Date.now();return new Promise(function(r){q.push([t,r,a])})}).q=q})(window);
  document.head.append(Object.assign(document.createElement('script'), { async: true, src: `${collector}/waymark.js` }));
}

window.waymark('init', { site: 'demo', collector, user: { cookie: 'shop_user' } });
