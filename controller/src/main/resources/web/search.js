// The search over hosts, domains and disks of the fleet.
import { Component, h } from '/assets/preact.js';
import { diskLink, hostLink } from '/assets/terms.js';
import { count, millis } from '/assets/text.js';

const PAUSE_MS = 250;

export class Search extends Component {
  constructor() {
    super();
    this.state = { text: '', found: null, fault: null };
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  typed(text) {
    this.setState({ text });
    clearTimeout(this.timer);
    if (text.trim() === '') this.setState({ found: null, fault: null });
    else this.timer = setTimeout(() => this.find(text.trim()), PAUSE_MS);
  }

  async find(text) {
    let next;
    try {
      const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(text)}`);
      next = answer.ok ? { found: await answer.json(), fault: null } : { fault: await answer.text() };
    } catch {
      next = { fault: 'no answer from the controller' };
    }
    if (this.state.text.trim() === text) this.setState(next);
  }

  render(_, { text, found, fault }) {
    return h('search', null,
      h('div', { class: 'row' }, h('input', { type: 'text', class: 'search', value: text, maxLength: 100,
        placeholder: 'Search hosts, domains, disks …', 'aria-label': 'Search the fleet',
        onInput: (event) => this.typed(event.target.value) })),
      fault && h('p', { class: 'notice' }, fault.trim()),
      found && h('div', { class: 'box found' },
        found.hosts.length + found.disks.length === 0 && h('p', { class: 'empty' }, 'No matches.'),
        h('ul', null,
          found.hosts.map((host) => h('li', { key: host }, h('span', { class: 'faint' }, 'host '), hostLink(host))),
          found.disks.map(({ host, disk }) => h('li', { key: `${host} ${disk.domain.uuid} ${disk.vdev}` },
            h('span', { class: 'faint' }, 'disk '), diskLink(host, disk.domain, disk.vdev), ' on ', hostLink(host),
            h('span', { class: 'faint' }, ` ${disk.role}, ${count(disk.iops)} IOPS, ${millis(disk.await_ms)}`)))),
        (found.hosts.length === found.max || found.disks.length === found.max)
          && h('p', { class: 'empty' }, `Showing the first ${found.max} hosts and disks; refine the search.`)));
  }
}
