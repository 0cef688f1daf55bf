// The fleet: hosts by pain, what is throttled, what waits for a person.
import { h } from '/assets/preact.js';
import { Act } from '/assets/acts.js';
import { Bar, Table } from '/assets/table.js';
import { Chart, times } from '/assets/chart.js';
import { live, now } from '/assets/live.js';
import { count, metric, millis, percent, span, UNKNOWN } from '/assets/text.js';

export const hostLink = (host) => h('a', { href: `#/host/${encodeURIComponent(host)}` }, host);

export const domainLink = (host, domain) =>
  h('a', { href: `#/host/${encodeURIComponent(host)}/domain/${domain.uuid}` }, domain.name);

const alertsOf = (host) => (live.alerts || [])
  .filter((alert) => alert.host === host && alert.state !== 'resolved').length;

const worst = (host, key) => host.devices.map((d) => d[key]).filter((v) => v !== null)
  .reduce((a, b) => (a === null || b > a ? b : a), null);

const pain = (host) => host.devices.map((d) => (d.util === null || d.await_ms === null ? null : d.util * d.await_ms))
  .filter((v) => v !== null).reduce((a, b) => (a === null || b > a ? b : a), null);

const HURTS_MS = 50;

const HOSTS = [
  { name: 'Host', value: (r) => r.host, show: (r) => hostLink(r.host) },
  { name: 'State', value: (r) => r.state, show: (r) => h('span', { class: r.state.toLowerCase() }, r.state.toLowerCase()) },
  { name: 'Pain', number: true, value: pain, hint: 'Utilisation times wait, of the device where it is worst',
    show: (r) => h(Bar, { part: (pain(r) || 0) / (4 * HURTS_MS), text: millis(pain(r)), hot: pain(r) > HURTS_MS }) },
  { name: 'Util', number: true, value: (r) => worst(r, 'util'), show: (r) => percent(worst(r, 'util')) },
  { name: 'Wait', number: true, value: (r) => worst(r, 'await_ms'), show: (r) => millis(worst(r, 'await_ms')) },
  { name: 'Queue', number: true, wide: true, value: (r) => worst(r, 'in_flight'), show: (r) => count(worst(r, 'in_flight')) },
  { name: 'IO full', number: true, wide: true, value: (r) => r.io_full, show: (r) => percent(r.io_full),
    hint: 'Part of the time in which all of dom0 waited for I/O' },
  { name: 'Disks', number: true, wide: true, value: (r) => r.disks, show: (r) => count(r.disks) },
  { name: 'Above', number: true, wide: true, value: (r) => r.breaches, show: (r) => count(r.breaches), hint: 'Disks above a level' },
  { name: 'Throttled', number: true, value: (r) => r.throttles, show: (r) => count(r.throttles) },
  { name: 'Alerts', number: true, value: (r) => alertsOf(r.host), show: (r) => count(alertsOf(r.host)) },
];

const throttleColumns = (withHost) => [
  ...(withHost ? [{ name: 'Host', value: (t) => t.host, show: (t) => hostLink(t.host) }] : []),
  { name: 'Disk', value: (t) => `${t.domain.name} ${t.vdev}`,
    show: (t) => h('span', null, domainLink(t.host, t.domain), ` ${t.vdev}`) },
  { name: 'Set', value: (t) => t.restraint, show: (t) => t.restraint },
  { name: 'Ends in', number: true, value: (t) => Date.parse(t.ends),
    show: (t) => span(Date.parse(t.ends) - now()) },
  { name: 'Effect', value: (t) => t.effect, show: (t) => h('span', { class: t.effect || 'faint' }, t.effect || UNKNOWN) },
  { name: 'Why', wide: true, value: (t) => t.policy || t.person,
    show: (t) => (t.alert ? h('a', { href: `#/alert/${t.alert}` }, t.policy) : t.policy || t.person || t.reason) },
  { name: '', show: (t) => h(Act, { name: 'Release', what: `${t.domain.name} ${t.vdev}`, path: '/api/v1/release',
    body: { host: t.host, domain: t.domain.uuid, disk: t.vdev } }) },
];

export const Throttles = ({ of, withHost }) => h(Table, {
  columns: throttleColumns(withHost), rows: of, id: (t) => t.lease, label: 'Throttles',
  empty: 'Nothing is throttled.',
});

const Proposals = ({ of }) => of.length > 0 && h('section', null,
  h('h2', null, 'Waiting for a person'),
  h(Table, { rows: of, id: (p) => p.id, label: 'Proposals', empty: '', columns: [
    { name: 'Disk', show: (p) => h('span', null, hostLink(p.host), ' ', domainLink(p.host, p.domain), ` ${p.disk}`) },
    { name: 'Wanted', show: (p) => p.priority || `limit ${p.limit_per_s}/s` },
    { name: 'Policy', wide: true, show: (p) => p.policy },
    { name: 'Expires in', number: true, show: (p) => span(Date.parse(p.expires) - now()) },
    { name: '', show: (p) => (p.approved_by
      ? `approved by ${p.approved_by}`
      : h('span', { class: 'row' },
        h(Act, { name: 'Approve', what: `${p.domain.name} ${p.disk}`, path: `/api/v1/proposals/${p.id}/approve` }),
        h(Act, { name: 'Deny', what: `${p.domain.name} ${p.disk}`, path: `/api/v1/proposals/${p.id}/deny` }))) },
  ] }));

const Tile = ({ name, value, kind }) => h('div', { class: 'tile' }, h('span', null, name), h('b', { class: kind }, value));

export const Fleet = () => {
  const { fleet, acts, alerts, chart } = live;
  if (!fleet || !acts || !alerts || !chart) return h('p', { class: 'empty' }, 'Waiting for the controller …');
  const open = alerts.filter((alert) => alert.state !== 'resolved');
  const line = (name, title, write) => chart.lines[name] && h(Chart, {
    title, write, times: times(chart, chart.lines[name].length), lines: [{ name: title, values: chart.lines[name] }] });
  return h('div', null,
    h('h1', null, 'Fleet'),
    h('div', { class: 'tiles' },
      h(Tile, { name: 'Hosts', value: count(fleet.live + fleet.silent + fleet.unheard) }),
      h(Tile, { name: 'Silent', value: count(fleet.silent), kind: fleet.silent ? 'bad' : '' }),
      h(Tile, { name: 'Disks', value: count(fleet.disks) }),
      h(Tile, { name: 'Above a level', value: count(fleet.breaches), kind: fleet.breaches ? 'warn' : '' }),
      h(Tile, { name: 'Throttled', value: count(acts.throttles_in_all) }),
      h(Tile, { name: 'Open alerts', value: count(open.length), kind: open.some((a) => a.state === 'firing') ? 'bad' : '' })),
    h(Proposals, { of: acts.proposals }),
    h('h2', null, 'Hosts, the worst first'),
    h(Table, { columns: HOSTS, rows: fleet.hosts, id: (r) => r.host, label: 'Hosts', filter: (r) => r.host,
      empty: 'No host was heard of yet: is an agent running, on this NATS server, with this prefix?' }),
    fleet.left_out > 0 && h('p', { class: 'faint' }, `${count(fleet.left_out)} hosts that hurt less are left out.`),
    h('h2', null, 'Throttled now'),
    h(Throttles, { of: acts.throttles, withHost: true }),
    h('h2', null, 'The last 15 minutes'),
    h('div', { class: 'charts' },
      line('worst_pain_ms', 'Worst pain', millis),
      line('iops', 'I/O a second, all devices', (v) => metric('iops', v)),
      line('breaches', 'Disks above a level', count),
      line('throttles', 'Throttles', count)));
};
