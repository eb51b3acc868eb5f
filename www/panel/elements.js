// Elements, and texts from what `inspect` gives. Values are added as text, never as HTML.

// The page may have changed the functions used here. No exception reaches it.
export const quietly = (act) => (...given) => {
  try {
    return act(...given);
  } catch {}
};

export const make = (tag, { on = {}, ...properties } = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name in element && name != 'part') element[name] = value;
    else element.setAttribute(name, value);
  for (const [name, act] of Object.entries(on)) element.addEventListener(name, quietly(act));
  element.append(...children.filter(Boolean));
  return element;
};

export const text = (value) => (typeof value == 'string' ? value : (JSON.stringify(value) ?? ''));
export const list = (value) => (Array.isArray(value) ? value.filter(Boolean) : []);
export const entries = (value) => Object.entries(value && typeof value == 'object' ? value : {});
export const words = (parts) => parts.join(', ').replace(/, ([^,]*)$/, ' and $1');
export const counted = (count, one) => `${count} ${one}${count == 1 ? '' : 's'}`;
export const parsed = quietly((json) => JSON.parse(json));
export const pretty = (json) => {
  const value = typeof json == 'string' ? parsed(json) : json;
  return value === undefined ? text(json) : JSON.stringify(value, null, 2);
};

// Long texts are laid out when somebody opens them.
export const folded = (title, fill) =>
  make('details', { on: { toggle: ({ target }) => target.open && target.children.length == 1 && target.append(...fill()) } }, make('summary', {}, title));

export const section = (title, ...children) => make('section', {}, make('h3', {}, title), ...children);
