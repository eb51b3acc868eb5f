// The recorder's wasm, which the build puts in (`cargo xtask build`), and what takes its place where a page's policy refuses
// wasm, or the browser has none: the same recorder as JavaScript, a file of its own (www/compat.js).
import { scriptOf } from './script.js';

const WASM = '__WASM__';

// What the bindings make an instance of.
export const code = () => {
  const bytes = new Uint8Array(WASM.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = WASM.charCodeAt(at);
  return WebAssembly.compile(bytes);
};

const tag = document.currentScript;

const isRefused = async () => {
  try {
    // The least wasm that there is. WebKit refuses the instance, the others refuse to compile.
    new WebAssembly.Instance(await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
  } catch {
    return true;
  }
};

// Loads the other file where wasm is refused. Whether it runs: it has taken over the queue then.
export const isReplaced = async (queue) => {
  if (!(await isRefused())) return false;
  const load = (base) => {
    const other = scriptOf(base + '/v/__COMPAT_HASH__/waymark-compat.js', queue);
    other.integrity = 'sha256-__COMPAT_INTEGRITY__';
    return new Promise((done) => {
      other.onload = other.onerror = () => done();
      document.head.append(other);
    });
  };
  queue.isOpen = true;
  try {
    const own = folder();
    if (own) await load(own);
    if (queue.isOpen) await load(collector(queue));
  } catch {}
  return !queue.isOpen;
};

// Where the collector has its files, if this script is one of them.
const folder = () => {
  try {
    const own = (tag && tag.src && tag) || document.querySelector('script[src*="waymark.js"]');
    return /^(.*?)(\/v\/\w{16})?\/waymark\.js/.exec(own.src)[1];
  } catch {}
};

// The collector of the first `init`.
const collector = (queue) => {
  try {
    let at = 0;
    while (queue[at][2][0] != 'init') at++;
    return queue[at][2][1].collector.replace(/\/+$/, '');
  } catch {}
};
