// The overlay's panel: what the frames mean, and what a click on the chosen element would record. Texts of the page are put
// in as text, never as HTML.
import { counted, make, pretty } from '../panel/elements.js';

const MEANING = {
  recorded: 'A click is recorded with what stands below.',
  censored: 'A click is recorded with the element’s structure only.',
  hidden: 'Nothing is recorded, not even that something happened.',
};

/** Rules that allow a part, or say what stands for it. */
const ALLOWING = ['data-wm-name', 'experience.attributes'];

export class Panel {
  #status = make('p', { className: 'status', role: 'status' });
  #detail = make('div', { className: 'detail', role: 'status' }, make('p', {}, 'Point at a frame, or step through them.'));
  #shown;

  /** @param on { onClose(), onStep(by) } */
  constructor({ onClose, onStep }) {
    const button = (name, act) => make('button', { type: 'button', on: { click: act } }, name);
    const legend = Object.keys(MEANING).map((kind) => make('li', {}, make('i', { className: kind }), kind));
    const side = () => this.element.classList.toggle('aside');
    this.element = make(
      'section',
      { className: 'panel', tabIndex: -1, 'aria-label': 'What a click here would record' },
      make('h2', {}, 'What a click here would record'),
      make('ul', {}, ...legend),
      this.#status,
      make(
        'div',
        { className: 'actions' },
        button('Previous', () => onStep(-1)),
        button('Next', () => onStep(1)),
        button('Move', side),
        button('Close (Esc)', onClose),
      ),
      this.#detail,
    );
  }

  /** Says how many of each kind are in view. */
  count(found) {
    const kinds = [...found.values()].map(({ kind }) => kind);
    const of = (name) => `${kinds.filter((kind) => kind === name).length} ${name}`;
    const nothing = 'Nothing in view is captured. Is the level in force below 2, or has consent not been given?';
    const line = kinds.length ? Object.keys(MEANING).map(of).join(', ') : nothing;
    if (this.#status.textContent !== line) this.#status.textContent = line;
  }

  /** Shows one framed element. */
  show(one) {
    if (!one) return;
    const { element, kind, rule, explanation } = one;
    const lines = [
      make('h3', {}, nameOf(element, explanation)),
      make('p', {}, make('b', {}, kind), rule && ' by ', rule && make('code', {}, rule), `. ${MEANING[kind]}`),
    ];
    if (explanation) lines.push(parts(explanation), data(explanation));
    // A reader of the screen hears what is new, and nothing twice.
    const text = lines.map(({ textContent }) => textContent).join('\n');
    if (text === this.#shown) return;
    this.#shown = text;
    this.#detail.replaceChildren(...lines);
  }
}

const nameOf = (element, explanation) => {
  const { el, text, label, name } = explanation?.data ?? {};
  const id = el?.id ?? element.getAttribute('id');
  return text ?? label ?? name ?? `${element.localName}${id ? `#${id}` : ''}`;
};

const parts = ({ parts, data, rule: whole }) => {
  const rows = parts.map(({ part, recorded, rule }) => {
    const why = recorded ? ` a part is left out: ${rule}` : ` ${rule}`;
    const small = rule && rule !== whole && !ALLOWING.includes(rule) && make('small', {}, why);
    const value = recorded ? valueOf(part, data) : 'not recorded';
    return [make('dt', {}, part), make('dd', { className: recorded ? '' : 'not' }, value, small)];
  });
  return make('dl', {}, ...rows.flat());
};

const valueOf = (part, data) => {
  if (part === 'place') return 'where the pointer is';
  const { el } = data;
  return data[part] ?? el[part] ?? el.attrs?.[part.slice('attrs.'.length)] ?? '';
};

const data = ({ data }) =>
  make('details', {}, make('summary', {}, 'The event’s data'), make('pre', { tabIndex: 0 }, pretty(data)));
