// Links and labels used by several pages.
import { h } from '/assets/preact.js';
import { live } from '/assets/live.js';
import { isKnown, millis, UNKNOWN } from '/assets/text.js';

export const hostLink = (host) => h('a', { href: `#/host/${encodeURIComponent(host)}` }, host);

export const placeLink = (host) => (host === '_fleet' ? 'fleet' : hostLink(host));

export const domainLink = (host, domain) =>
  h('a', { href: `#/host/${encodeURIComponent(host)}/domain/${domain.uuid}` }, domain.name);

/** A disk as domain and virtual device. */
export const diskLink = (host, domain, vdev) => h('span', null, domainLink(host, domain), ` ${vdev || ''}`);

/** The displayed state of a host. */
export const stateOf = (host) => ({ SILENT: 'stale', UNHEARD: 'never reported' }[host.state] || host.state.toLowerCase());

export const openAlerts = () => (live.alerts || []).filter((alert) => alert.state !== 'resolved');

/** The neighbours' latency before and after a throttle. */
export const Neighbours = ({ before, after, note }) => {
  if (!isKnown(before) && !isKnown(after)) return h('span', { class: 'faint', title: note }, UNKNOWN);
  const kind = !isKnown(before) || !isKnown(after) ? '' : after < before ? 'good' : after > before ? 'bad' : '';
  return h('b', { class: kind, title: note || NEIGHBOURS_HINT },
    `${millis(before)} → ${millis(after)}`);
};

export const NEIGHBOURS_HINT = 'Mean I/O latency of the other disks on the device, before and after the throttle';

/** A list of names and values. */
export const Facts = ({ of }) => h('div', { class: 'box' },
  h('dl', null, of.map(([name, value]) => [h('dt', null, name), h('dd', null, value)])));
