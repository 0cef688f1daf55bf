// The fleet page: hosts, proposals, throttles and charts.
import { h } from '/assets/preact.js';
import { Act } from '/assets/acts.js';
import { Bar, Table } from '/assets/table.js';
import { Chart, times } from '/assets/chart.js';
import { live, now } from '/assets/live.js';
import { count, metric, millis, percent, span, UNKNOWN } from '/assets/text.js';

export const hostLink = (host) => h('a', { href: `#/host/${encodeURIComponent(host)}` }, host);

export const domainLink = (host, domain) =>
  h('a', { href: `#/host/${encodeURIComponent(host)}/domain/${domain.uuid}` }, domain.name);

/** The state of a host, as the page names it. */
export const stateOf = (host) => ({ SILENT: 'stale', UNHEARD: 'never reported' }[host.state] || host.state.toLowerCase());

const alertsOf = (host) => (live.alerts || [])
  .filter((alert) => alert.host === host && alert.state !== 'resolved').length;

const worst = (host, key) => host.devices.map((d) => d[key]).filter((v) => v !== null)
  .reduce((a, b) => (a === null || b > a ? b : a), null);

/** Device utilisation times await, in ms, of the worst device. */
const score = (host) => host.devices.map((d) => (d.util === null || d.await_ms === null ? null : d.util * d.await_ms))
  .filter((v) => v !== null).reduce((a, b) => (a === null || b > a ? b : a), null);

const HIGH_MS = 50;

const HOSTS = [
  { name: 'Host', value: (r) => r.host, show: (r) => hostLink(r.host) },
  { name: 'State', value: (r) => r.state, show: (r) => h('span', { class: r.state.toLowerCase() }, stateOf(r)) },
  { name: 'Latency score', number: true, value: score, hint: 'Utilisation × await of the worst device',
    show: (r) => h(Bar, { part: (score(r) || 0) / (4 * HIGH_MS), text: millis(score(r)), hot: score(r) > HIGH_MS }) },
  { name: 'Util', number: true, value: (r) => worst(r, 'util'), show: (r) => percent(worst(r, 'util')) },
  { name: 'Await', number: true, value: (r) => worst(r, 'await_ms'), show: (r) => millis(worst(r, 'await_ms')) },
  { name: 'In flight', number: true, wide: true, value: (r) => worst(r, 'in_flight'), show: (r) => count(worst(r, 'in_flight')) },
  { name: 'PSI io full', number: true, wide: true, value: (r) => r.io_full, show: (r) => percent(r.io_full),
    hint: 'Share of time in which all tasks of dom0 waited for I/O' },
  { name: 'Disks', number: true, wide: true, value: (r) => r.disks, show: (r) => count(r.disks) },
  { name: 'Breaches', number: true, wide: true, value: (r) => r.breaches, show: (r) => count(r.breaches), hint: 'Disks over a threshold' },
  { name: 'Throttled', number: true, value: (r) => r.throttles, show: (r) => count(r.throttles) },
  { name: 'Alerts', number: true, value: (r) => alertsOf(r.host), show: (r) => count(alertsOf(r.host)) },
];

const throttleColumns = (withHost) => [
  ...(withHost ? [{ name: 'Host', value: (t) => t.host, show: (t) => hostLink(t.host) }] : []),
  { name: 'Disk', value: (t) => `${t.domain.name} ${t.vdev}`,
    show: (t) => h('span', null, domainLink(t.host, t.domain), ` ${t.vdev}`) },
  { name: 'Restraint', value: (t) => t.restraint, show: (t) => t.restraint },
  { name: 'Expires in', number: true, value: (t) => Date.parse(t.ends),
    show: (t) => span(Date.parse(t.ends) - now()) },
  { name: 'Effect', value: (t) => t.effect, show: (t) => h('span', { class: t.effect || 'faint' }, t.effect || UNKNOWN) },
  { name: 'Why', wide: true, value: (t) => t.policy || t.person,
    show: (t) => (t.alert ? h('a', { href: `#/alert/${t.alert}` }, t.policy) : t.policy || t.person || t.reason) },
  { name: '', show: (t) => h(Act, { name: 'Release', what: `${t.domain.name} ${t.vdev}`, path: '/api/v1/release',
    body: { host: t.host, domain: t.domain.uuid, disk: t.vdev } }) },
];

export const Throttles = ({ of, withHost }) => h(Table, {
  columns: throttleColumns(withHost), rows: of, id: (t) => t.lease, label: 'Throttles',
  empty: 'No throttles.',
});

const Proposals = ({ of }) => of.length > 0 && h('section', null,
  h('h2', null, 'Waiting for approval'),
  h(Table, { rows: of, id: (p) => p.id, label: 'Proposals', empty: '', columns: [
    { name: 'Disk', show: (p) => h('span', null, hostLink(p.host), ' ', domainLink(p.host, p.domain), ` ${p.disk}`) },
    { name: 'Proposed', show: (p) => p.priority || `limit ${p.limit_per_s}/s` },
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
      h(Tile, { name: 'Stale', value: count(fleet.silent), kind: fleet.silent ? 'bad' : '' }),
      h(Tile, { name: 'Disks', value: count(fleet.disks) }),
      h(Tile, { name: 'Over threshold', value: count(fleet.breaches), kind: fleet.breaches ? 'warn' : '' }),
      h(Tile, { name: 'Throttled', value: count(acts.throttles_in_all) }),
      h(Tile, { name: 'Open alerts', value: count(open.length), kind: open.some((a) => a.state === 'firing') ? 'bad' : '' })),
    h(Proposals, { of: acts.proposals }),
    h('h2', null, 'Hosts, highest latency score first'),
    h(Table, { columns: HOSTS, rows: fleet.hosts, id: (r) => r.host, label: 'Hosts', filter: (r) => r.host,
      empty: 'No host has reported yet. Check that agents run, and that they use this NATS server and prefix.' }),
    fleet.left_out > 0 && h('p', { class: 'faint' }, `${count(fleet.left_out)} more hosts with lower scores are not shown.`),
    h('h2', null, 'Throttled now'),
    h(Throttles, { of: acts.throttles, withHost: true }),
    h('h2', null, 'Last 15 minutes'),
    h('div', { class: 'charts' },
      line('worst_pain_ms', 'Highest latency score', millis),
      line('iops', 'IOPS, all devices', (v) => metric('iops', v)),
      line('breaches', 'Disks over a threshold', count),
      line('throttles', 'Throttles', count)));
};
