// A sortable, searchable table that renders only the rows in view.
import { Component, h } from '/assets/preact.js';
import { isKnown } from '/assets/text.js';

const ROW = 32;
const SPARE = 8;

const compare = (a, b) => {
  if (!isKnown(a) || !isKnown(b)) return isKnown(b) - isKnown(a);
  return typeof a === 'string' ? a.localeCompare(b) : a - b;
};

const kind = (c) => `${c.number ? 'n' : ''} ${c.wide ? 'wide' : ''} ${c.grow ? 'grow' : ''}`;

/**
 * columns: [{ name, value: row => sortable, show: row => node, number, wide, grow, hint }]; id: row => key;
 * grow: takes the remaining width and truncates its text; filter: row => text to search, or none for no search field.
 */
export class Table extends Component {
  constructor() {
    super();
    this.state = { top: 0, height: 600, by: -1, down: true, find: '' };
  }

  componentDidMount() {
    this.box = this.base.querySelector('.box');
    this.sizes = new ResizeObserver(() => this.measure());
    if (this.box) this.sizes.observe(this.box);
  }

  componentWillUnmount() {
    this.sizes.disconnect();
  }

  measure() {
    this.setState({ top: this.box.scrollTop, height: this.box.clientHeight || 600 });
  }

  sorted() {
    const { rows, columns, filter } = this.props;
    const { by, down, find } = this.state;
    const wanted = find.trim().toLowerCase();
    const found = wanted && filter ? rows.filter((r) => filter(r).toLowerCase().includes(wanted)) : rows;
    if (by < 0) return found;
    const { value } = columns[by];
    return [...found].sort((a, b) => {
      const order = compare(value(a), value(b));
      return isKnown(value(a)) && isKnown(value(b)) && down ? -order : order;
    });
  }

  head() {
    const { columns } = this.props;
    const { by, down } = this.state;
    const sort = (i) => this.setState({ by: i, down: by === i ? !down : Boolean(columns[i].number) });
    return h('tr', null, columns.map((c, i) => h('th', {
      class: kind(c), scope: 'col', title: c.hint,
      'aria-sort': by === i ? (down ? 'descending' : 'ascending') : 'none',
    }, c.value
      ? h('button', { type: 'button', onClick: () => sort(i) }, c.name, by === i ? (down ? ' ↓' : ' ↑') : '')
      : c.name)));
  }

  render({ columns, id, empty, label, filter }, { top, height, find }) {
    const rows = this.sorted();
    // There may now be fewer rows than the scroll position assumes.
    const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + SPARE);
    const first = Math.max(0, Math.min(Math.floor(top / ROW), last - Math.ceil(height / ROW)) - SPARE);
    // Keys on the spacers keep the order of rows and spacers.
    const pad = (key, count) => (count > 0
      ? [h('tr', { key, class: 'pad', 'aria-hidden': true }, h('td', { style: { height: `${count * ROW}px` } }))]
      : []);
    return h('div', null,
      filter && h('div', { class: 'row' }, h('input', {
        type: 'search', value: find, placeholder: 'Find …', 'aria-label': `Find in ${label}`,
        onInput: (event) => this.setState({ find: event.target.value }),
      }), h('span', { class: 'faint' }, `${rows.length} of ${this.props.rows.length}`)),
      h('div', { class: 'box tall', tabIndex: 0, role: 'region', 'aria-label': label,
        onScroll: () => this.measure() },
      (rows.length > 0 || find) && h('table', { 'aria-rowcount': rows.length },
        h('thead', null, this.head()),
        h('tbody', null, [
          ...pad(' above', first),
          ...rows.slice(first, last).map((row) => h('tr', { key: id(row) }, columns.map((c) =>
            h('td', { class: kind(c) }, c.show(row))))),
          ...pad(' below', rows.length - last)])),
      rows.length === 0 && h('p', { class: 'empty' }, find ? 'No matches.' : empty)));
  }
}

/** A ratio from 0 to 1 as a bar with its value. */
export const Bar = ({ part, text, hot }) => h('span', null,
  h('span', { class: `bar ${hot ? 'hot' : ''}`, 'aria-hidden': true },
    h('i', { style: { width: `${Math.min(100, Math.max(0, (part || 0) * 100))}%` } })),
  h('span', { class: 'of' }, text));
