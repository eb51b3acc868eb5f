// What capture reads of the page's nodes in one call (src/browser/capture/dom.rs). A walk asks each node several things,
// and a call out of wasm costs more than most answers. The functions are those that the browser's prototypes have when
// the script begins. What throws, or is not there, gives nothing.
const { Element, Event, Node, ShadowRoot, Text } = window;

const part = (type, name) => {
  try {
    const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return get || value;
  } catch {}
};

const composedPath = part(Event, 'composedPath');
const nodeType = part(Node, 'nodeType');
const parentNode = part(Node, 'parentNode');
const elementSlot = part(Element, 'assignedSlot');
const textSlot = part(Text, 'assignedSlot');
const host = part(ShadowRoot, 'host');
const getAttribute = part(Element, 'getAttribute');
const matches = part(Element, 'matches');
const { slice } = '';

const call = (action, node, given) => {
  try {
    return Reflect.apply(action, node, [given]);
  } catch {}
};

const ELEMENT = 1;
const TEXT = 3;
const FRAGMENT = 11;

// A text that a function gives, at most the first `limit` UTF-16 code units of it.
export const textOf = (action, node, given, limit) => {
  const text = call(action, node, given);
  if (typeof text == 'string') return text.length > limit ? Reflect.apply(slice, text, [0, limit]) : text;
};

// The innermost element of an event, in open shadow trees too.
export const innermost = (event) => {
  const path = call(composedPath, event);
  const node = path && path[0];
  if (call(nodeType, node) === ELEMENT) return node;
};

// Whether elements of a class attribute match the selector `names`, which is about classes only.
let known;
let knownFor;
let count;

const isNamed = (element, names) => {
  const written = call(getAttribute, element, 'class');
  if (typeof written != 'string') return false;
  if (written.length > 999) return true;
  if (knownFor !== names || count == 999) {
    known = { __proto__: null };
    knownFor = names;
    count = 0;
  }
  if (known[written] === undefined) {
    known[written] = call(matches, element, names) !== false;
    count++;
  }
  return known[written];
};

// The nodes that a node is shown in, itself first: the roots of shadow trees, and the elements that match one of the
// selectors, if there are selectors. `undefined` stands before those from `outer` on, and `null` at the end if there are
// `most` nodes or more. An invalid selector leaves out no element.
export const around = (node, outer, most, marks, names) => {
  const found = [];
  let at = node;
  for (let asked = 0; asked < most; asked++) {
    if (!at) return found;
    if (at === outer) found[found.length] = undefined;
    const type = call(nodeType, at);
    const isElement = type === ELEMENT;
    const isKept = isElement ? names && (isNamed(at, names) || call(matches, at, marks) !== false) : type === FRAGMENT;
    if (isKept) found[found.length] = at;
    const slot = isElement ? call(elementSlot, at) : type === TEXT && call(textSlot, at);
    at = slot || call(parentNode, at) || (type === FRAGMENT && call(host, at));
  }
  found[found.length] = null;
  return found;
};

// The bindings take the module as one object.
export default { __proto__: null, textOf, innermost, around };
