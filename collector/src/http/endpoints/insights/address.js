// The address holds the whole view: which one, of what, and how it is counted. So a link is a view.

/** The parameters that every view has. */
const SHARED = ['site', 'from', 'to', 'tz', 'by', 'env'];
/** The filters, beside those of members of the data (`data.NAME`). */
const FILTERS = ['path', 'not_path', 'content', 'not_content', 'type', 'not_type', 'content_version', 'country',
  'not_country', 'browser', 'not_browser', 'os', 'not_os', 'mobile', 'identified', 'has', 'bots', 'segment'];
/** What only some views have. */
const OWN = {
  steps: ['item'], session: ['id'], flow: ['page'], user: ['user'], funnel: ['step', 'unit', 'order', 'window'], goals: ['goal', 'item'],
};

const isFilter = (name) => FILTERS.includes(name) || /^(not_)?data\../.test(name);

export class Address {
  #parameters;

  constructor(search = location.search) {
    this.#parameters = new URLSearchParams(search);
  }

  get view() { return this.get('view') || 'overview'; }
  get(name) { return this.#parameters.get(name) ?? ''; }
  all(name) { return this.#parameters.getAll(name); }

  /** A copy in which these parameters are others: a text, several, or none. */
  with(changes) {
    const next = new Address(this.#parameters.toString());
    for (const [name, value] of Object.entries(changes)) {
      next.#parameters.delete(name);
      for (const one of [value].flat()) if (one) next.#parameters.append(name, one);
    }
    return next;
  }

  /** The filters as pairs. */
  get filters() {
    return [...this.#parameters].filter(([name]) => isFilter(name));
  }

  /** The filters as a query, without the segment. */
  get filtersQuery() {
    return new URLSearchParams(this.filters.filter(([name]) => name !== 'segment')).toString();
  }

  /** The goals as a query. */
  get goalsQuery() {
    const names = ['goal', 'item'];
    return new URLSearchParams([...this.#parameters].filter(([name, value]) => names.includes(name) && value)).toString();
  }

  /** A copy that shows these goals. */
  withGoals(query) {
    const goals = new URLSearchParams(query);
    return this.with({ view: 'goals', goal: goals.getAll('goal'), item: goals.get('item') ?? '' });
  }

  without(filter, value) {
    return this.with({ [filter]: this.all(filter).filter((one) => one !== value) });
  }

  get link() { return `/insights?${this.#parameters}`; }

  /** The address of the answer. */
  question(more = {}) {
    const names = [...SHARED, ...(OWN[this.view] ?? [])];
    const asked = new URLSearchParams([...this.#parameters].filter(([name, value]) => value && (names.includes(name) || isFilter(name))));
    for (const [name, value] of Object.entries(more)) asked.set(name, value);
    return `/v1/insights/${encodeURIComponent(this.view)}?${asked}`;
  }
}
