// Loads the code of level 2, a file of its own beside the script (src/browser/capture/part.rs): a second wasm, which shares
// memory and functions with the recorder's. The build puts in the hashes of the file.
import { initSync } from './waymark.js';

// Where the collector has the file that belongs to this script, and no other.
export const path = () => '/v/__CAPTURE_HASH__/capture.wasm';

export const integrity = () => 'sha256-__CAPTURE_INTEGRITY__';

let bytes;

// The content of the file.
export const offer = (content) => {
  bytes = content;
};

// The name is the splitter's. Calls `callback`, a function of the recorder's wasm, with `data` and whether the code is loaded.
export const __wasm_split_load_capture = async (callback, data) => {
  const recorder = initSync();
  let isLoaded = false;
  try {
    const module = await WebAssembly.compile(bytes);
    new WebAssembly.Instance(module, { __proto__: null, __wasm_split: recorder });
    isLoaded = true;
  } catch {}
  bytes = undefined;
  recorder.__indirect_function_table.get(callback)(data, isLoaded);
};

// The bindings take the module as one object.
export default { __proto__: null, path, integrity, offer, __wasm_split_load_capture };
