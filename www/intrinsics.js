// What the bindings use of the page's globals. The build puts what is exported here in place of the globals of the same names
// (esbuild's `inject`): taken once, when the script begins, and checked, because a page may have replaced it; or made of
// syntax, which no page can replace. Methods become members of the objects themselves, which hide those of prototypes.
// Nothing here iterates, and nothing throws.
const page = window;

// The first name that the page has made unusable, or that the browser lacks.
export let unusable = '';

const attempt = (make) => {
  try {
    return make();
  } catch {}
};

const checked = (name, take, isFit) => {
  const taken = attempt(take);
  if (attempt(() => isFit(taken)) === true) return taken;
  unusable = unusable || name;
};

const own = (object, names) => {
  for (let at = 0; at < names.length; at++) attempt(() => (object[names[at]] = object[names[at]]));
  return object;
};

const getterOf = (constructor, name) => attempt(() => page.Object.getOwnPropertyDescriptor(constructor.prototype, name).get);

const ownGetter = (object, name, get) => {
  if (get) attempt(() => define(object, name, { __proto__: null, get }));
  return object;
};

const define = attempt(() => page.Object.defineProperty);

const reflectApply = attempt(() => page.Reflect.apply);
const isApplying = attempt(() => reflectApply((two) => two + 1, undefined, [2]) === 3);
const set = attempt(() => page.Reflect.set);
const deleteProperty = attempt(() => page.Reflect.deleteProperty);
export const Reflect = {
  apply: isApplying ? reflectApply : (action, self, given) => action.call(self, given[0], given[1], given[2]),
  set: (object, key, value) => set(object, key, value),
  deleteProperty: (object, key) => deleteProperty(object, key),
};

const objects = attempt(() => page.Object) || {};
const { getOwnPropertyDescriptor, getPrototypeOf, keys } = objects;
export const Object = function () {
  return {};
};
Object.prototype = ({}).__proto__;
Object.create = (prototype) => ({ __proto__: prototype });
Object.is = (one, other) => one === other;
Object.getPrototypeOf = getPrototypeOf;
Object.keys = keys;
Object.getOwnPropertyDescriptor = getOwnPropertyDescriptor;
Object.defineProperty = define;

const isArray = checked('Array.isArray', () => page.Array.isArray, (is) => is([]) && !is({}));
export const Array = function () {
  return [];
};
Array.isArray = isArray;

export const String = (value) => `${value}`;

const parse = checked('JSON.parse', () => page.JSON.parse, (read) => read('{"a":[1]}').a[0] === 1);
const stringify = checked(
  'JSON.stringify',
  () => page.JSON.stringify,
  (write) => write({ a: 1, b: null }, (key, value) => (key == 'a' ? 2 : value)) === '{"a":2,"b":null}',
);
// Old libraries give lists, objects and texts a `toJSON` of their own that makes other texts of them.
const isForeign = (raw) =>
  isArray(raw) || typeof raw == 'string' || typeof raw == 'number' || typeof raw == 'boolean' || raw.toJSON === ({}).toJSON;
export const JSON = {
  parse: (text) => parse(text),
  stringify: (value, replace) =>
    stringify(
      value,
      [].toJSON || ''.toJSON || (0).toJSON || true.toJSON
        ? function (key, value) {
            const raw = this[key];
            const meant = raw != null && raw !== value && isForeign(raw) ? raw : value;
            return replace ? replace(key, meant) : meant;
          }
        : replace,
    ),
};

// The page's own clock, where it tells a time; a page that has replaced it has another.
const now = attempt(() => page.Date.now);
const clock = attempt(() => page.performance);
const elapsed = attempt(() => clock.now);
const origin = attempt(() => clock.timeOrigin);
export const performance = { now: () => Reflect.apply(elapsed, clock, []) };
const offset = attempt(() => page.Date.prototype.getTimezoneOffset);
const PlainDate = attempt(() => page.Date);
export const Date = function () {
  return { getTimezoneOffset: () => Reflect.apply(offset, new PlainDate(), []) };
};
Date.now = attempt(() => now() > 1e12) ? now : () => origin + performance.now();

const random = attempt(() => page.Math.random);
export const Math = { random: () => random() };

export const Proxy = attempt(() => page.Proxy);

const { TextDecoder: Decoder, TextEncoder: Encoder, DataView: View, Uint8Array: Bytes } = page;
const byteLength = attempt(() => getterOf({ prototype: getPrototypeOf(Bytes.prototype) }, 'byteLength'));
export const Uint8Array = function (given) {
  return ownGetter(own(new Bytes(given), ['subarray', 'set']), 'byteLength', byteLength);
};
checked('Uint8Array', () => new Uint8Array(4), (bytes) => bytes.byteLength === 4 && bytes.subarray(1, 3).length === 2);
export const DataView = function (buffer) {
  const view = own(new View(buffer), ['setInt32', 'setFloat64']);
  attempt(() => define(view, 'buffer', { __proto__: null, value: buffer }));
  return view;
};
checked(
  'DataView',
  () => new Uint8Array(8),
  (bytes) => {
    new DataView(bytes.buffer).setInt32(0, 7, true);
    return bytes[0] === 7;
  },
);
const usable = (name, make, names, isFit) => function (kind, options) {
  return checked(name, () => own(make(kind, options), names), isFit) || { decode() {}, encodeInto() {} };
};
export const TextDecoder = usable(
  'TextDecoder',
  (kind, options) => new Decoder(kind, options),
  ['decode'],
  (decoder) => decoder.decode(own(new Bytes(0), [])) === '',
);
export const TextEncoder = usable(
  'TextEncoder',
  () => new Encoder(),
  ['encodeInto'],
  (encoder) => encoder.encodeInto('é', new Bytes(2)).written === 2,
);

const { FinalizationRegistry: Registry } = page;
export const FinalizationRegistry = function (finalize) {
  const registry = attempt(() => own(new Registry(finalize), ['register', 'unregister']));
  return {
    register: (value, state, token) => attempt(() => registry.register(value, state, token)),
    unregister: (token) => attempt(() => registry.unregister(token)),
  };
};

const wasm = attempt(() => page.WebAssembly) || {};
const { compile, Module, Instance, Memory } = wasm;
const memoryBuffer = attempt(() => getterOf(Memory, 'buffer'));
export const WebAssembly = {
  compile,
  Module,
  Instance: function (module, imports) {
    const instance = new Instance(module, imports);
    const { exports } = instance;
    for (const name in exports) {
      const one = exports[name];
      if (typeof one == 'object') ownGetter(own(one, ['get', 'set']), 'buffer', one.buffer && memoryBuffer);
    }
    return { exports };
  },
};

// IDs must be random.
export const globalThis = {
  crypto: {
    getRandomValues(bytes) {
      page.crypto.getRandomValues(bytes);
      for (let at = 0; at < bytes.length; at++) if (bytes[at]) return bytes;
      throw 'crypto.getRandomValues gives nothing';
    },
  },
};

// Promises that nobody has settled yet, by number.
const unsettled = { __proto__: null };
let made = 0;

// Settles all of them.
export const settleAll = (outcome) => {
  for (const number in unsettled) unsettled[number](outcome);
};

export const Promise = function (executor) {
  let number, settle, early;
  const done = (outcome) => {
    if (number) delete unsettled[number];
    // An object of the page's own kind, with members of any name.
    const value = typeof outcome == 'object' ? { ...outcome } : outcome;
    if (settle) settle(value);
    else early = early || { value };
  };
  done.call = (self, value) => done(value);
  executor(done, done);
  // Most are settled at once.
  if (early) return (async () => early.value)();
  number = ++made;
  unsettled[number] = done;
  return (async () => ({
    then(fulfil) {
      settle = fulfil;
      if (early) fulfil(early.value);
    },
  }))();
};

// For the bindings alone: what they wait for.
Promise.resolve = (value) => ({
  then(fulfilled, rejected) {
    (async () => {
      let result;
      try {
        result = await value;
      } catch (error) {
        return rejected(error);
      }
      fulfilled(result);
    })();
  },
});

export const queueMicrotask = (task) => {
  (async () => {
    await 0;
    attempt(task);
  })();
};

// A page's own timers may be a test's, which never fire.
const { setTimeout: later, clearTimeout: never, AbortSignal: Signal } = page;
const isNative = (value) => attempt(() => /\{\s*\[native code\]/.test(page.Function.prototype.toString.call(value)));
const isPlain = isNative(later) && isNative(never);
export const setTimeout = isPlain
  ? later
  : (action, ms) => {
      let isOver = false;
      const run = () => {
        if (isOver) return;
        isOver = true;
        action();
      };
      const timer = attempt(() => later(run, ms));
      attempt(() => (Signal.timeout(ms).onabort = run));
      return () => {
        isOver = true;
        attempt(() => never(timer));
      };
    };
export const clearTimeout = isPlain ? never : (end) => end();
