// The recorder as JavaScript, for pages where wasm is refused and browsers that have none: the same wasm, turned into
// JavaScript by binaryen's wasm2js, which the build puts in. `waymark.js` loads this file; it is also a tag of its own.
export const code = () => __RECORDER__;

export const isReplaced = () => false;
