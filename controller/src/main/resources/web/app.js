// The frame of all pages: navigation, connection state and notices.
import { Component, h, render } from '/assets/preact.js';
import { Said } from '/assets/acts.js';
import { Alert } from '/assets/alert.js';
import { AlertList } from '/assets/alerts.js';
import { Fleet } from '/assets/fleet.js';
import { Domain, Host } from '/assets/host.js';
import { Policies } from '/assets/policies.js';
import { ReleaseAll } from '/assets/throttles.js';
import { follow, live, now, stale } from '/assets/live.js';
import { time } from '/assets/text.js';

const PLACES = [['', 'Fleet'], ['alerts', 'Alerts'], ['policies', 'Policies']];

const route = () => {
  try {
    return location.hash.replace(/^#\//, '').split('/').map(decodeURIComponent);
  } catch {
    return [''];
  }
};

/** The host that the current page shows, or null. */
const hostOf = ([place, id]) => {
  if (place === 'host') return id || null;
  const alert = place === 'alert' && (live.alerts || []).find((a) => a.id === id);
  return alert && alert.host !== '_fleet' ? alert.host : null;
};

const Page = ({ parts: [place, id, sub, uuid] }) => {
  if (place === 'host' && id && sub === 'domain' && uuid) return h(Domain, { name: id, uuid });
  if (place === 'host' && id) return h(Host, { name: id });
  if (place === 'alert' && id) return h(Alert, { id });
  if (place === 'alerts') return h(AlertList);
  if (place === 'release') return h(ReleaseAll);
  if (place === 'policies') return h(Policies);
  return h(Fleet);
};

const Notices = () => [
  live.link === 'lost' && h('p', { class: 'notice', role: 'alert' },
    'The controller does not answer; retrying. ', live.heard ? `Last update: ${time(live.heard)}.` : 'No data yet.'),
  stale() && h('p', { class: 'notice', role: 'alert' }, 'No update from the controller for several seconds.'),
  live.state && !live.state.ready && h('p', { class: 'notice', role: 'alert' }, live.state.text.trim()),
];

class App extends Component {
  componentDidMount() {
    addEventListener('hashchange', () => this.go());
    setInterval(() => this.forceUpdate(), 1000);
    this.go();
  }

  go() {
    follow(hostOf(route()), () => this.go());
    this.forceUpdate();
  }

  render() {
    const parts = route();
    const current = PLACES.some(([place]) => place === parts[0]) ? parts[0] : parts[0] === 'alert' ? 'alerts' : '';
    return h('div', null,
      h('header', null,
        h('strong', null, 'blkwarden'),
        h('nav', { 'aria-label': 'Pages' }, PLACES.map(([place, name]) => h('a', {
          href: `#/${place}`, 'aria-current': place === current ? 'page' : undefined }, name))),
        h('div', { class: 'end' },
          live.state?.actions && live.acts?.throttles_in_all > 0 && h('a', { href: '#/release' }, 'Release all …'),
          h('span', { class: `link ${live.link === 'live' ? 'good' : 'bad'}`, role: 'status' },
            live.link === 'live' ? `live ${time(now())}` : live.link))),
      h('main', { key: parts.slice(0, 4).join('/') }, h(Notices), h(Page, { parts })),
      h(Said));
  }
}

render(h(App), document.getElementById('app'));
