// What happened with an element (level 2), in words: which element, where it stands, what of it was kept private.

/** The events whose data are about an element, and what happened, for a reader. */
const HAPPENED = {
  elementClick: 'clicked',
  elementChange: 'changed',
  formSubmit: 'submitted',
  rageClick: 'clicked again and again',
  deadClick: 'clicked, and nothing happened',
};

/** Events that tell of a user who gets nowhere: how bad it is, as the name of a class. */
const FRUSTRATION = { rageClick: 'rage', deadClick: 'dead' };

const WAYS = {
  mouse: 'by mouse', touch: 'by touch', pen: 'by pen', key: 'by keyboard',
  user: 'by the user', autofill: 'filled in by the browser',
  button: 'by a button', enter: 'by Enter in a field',
};

const isText = (value) => typeof value === 'string' && value !== '';
const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);

/** The element of an event of level 2; nothing of other events. */
export function elementOf({ type, data }) {
  if (!own(HAPPENED, type)) return undefined;
  const element = data?.el ?? data?.form;
  return element && typeof element === 'object' ? element : undefined;
}

export const frustration = ({ type }) => own(FRUSTRATION, type);
export const isCensored = (event) => elementOf(event) !== undefined && event.data.censored === true;

/** The element as a style sheet names it: `button#pay`, `a.nav-link`. */
export function selector({ tag, id, classes }) {
  const first = Array.isArray(classes) ? classes.find(isText) : undefined;
  const name = isText(id) ? `#${id}` : first ? `.${first}` : '';
  return `${isText(tag) ? tag : 'element'}${name}`;
}

/** The element by its words, else as a style sheet names it. */
export function nameOf(event) {
  const { type, data } = event;
  // A submit is the form's; its button stands beside it.
  if (type === 'formSubmit' && data.form && typeof data.form === 'object') return selector(data.form);
  return [data.text, data.label, data.name, data.title].find(isText) ?? selector(elementOf(event));
}

/** The steps of a path, outermost first; `inside` says that a shadow tree begins there. */
export function steps(path) {
  if (!isText(path)) return [];
  return path.split(' >> ').flatMap((part, tree) =>
    part.split('>').map((text, at) => ({ text: text.trim(), inside: tree > 0 && at === 0 })),
  );
}

/** What happened, in words. */
export function happened({ type, data }) {
  const count = Number.isInteger(data.count) ? `${data.count} times` : '';
  const during = Number.isInteger(data.ms) ? `within ${data.ms.toLocaleString()} ms` : '';
  const parts = [
    own(HAPPENED, type),
    [count, during].filter(Boolean).join(' '),
    own(WAYS, data.by),
    data.button === 1 && 'with the middle button',
    data.via === 'label' && 'through its label',
    data.plain === true && 'not on a control',
    data.why === 'disabled' && 'the control is switched off',
    Number.isInteger(data.x) && Number.isInteger(data.y) && `at ${data.x}, ${data.y}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** What is known of the form, in words. */
export function formOf({ type, data }) {
  if (type !== 'formSubmit') return '';
  const fields = Number.isInteger(data.fields) ? `${data.fields} ${data.fields === 1 ? 'field' : 'fields'}` : '';
  const prevented = own({ true: 'handled by the page', false: 'sent by the browser' }, data.prevented);
  const form = data.form && typeof data.form === 'object' ? selector(data.form) : '';
  return [form, isText(data.method) ? data.method.toUpperCase() : '', fields, prevented].filter(Boolean).join(' · ');
}
