// The fleet page: search, open alerts, throttles, noisiest disks, hosts and charts.
import { h } from '/assets/preact.js';
import { Bar, Table } from '/assets/table.js';
import { Chart, marksOf, times } from '/assets/chart.js';
import { Range } from '/assets/range.js';
import { Search } from '/assets/search.js';
import { Proposals, Throttles } from '/assets/throttles.js';
import { AlertTable } from '/assets/alerts.js';
import { diskLink, hostLink, openAlerts, stateOf } from '/assets/terms.js';
import { live } from '/assets/live.js';
import { count, metric, millis, percent } from '/assets/text.js';

const HIGH_MS = 50;
const ALERTS_SHOWN = 8;

const highest = (values) => values.filter((v) => v !== null).reduce((a, b) => (a === null || b > a ? b : a), null);
const worst = (host, key) => highest(host.devices.map((d) => d[key]));

/** The latency score: utilisation × await of the worst device, in ms. */
const score = (host) => highest(host.devices.map((d) => (d.util === null || d.await_ms === null ? null : d.util * d.await_ms)));

const alertsOf = (host) => openAlerts().filter((alert) => alert.host === host).length;

const scoreBar = (value) => h(Bar, { part: (value || 0) / (4 * HIGH_MS), text: millis(value), hot: value > HIGH_MS });

const HOSTS = [
  { name: 'Host', value: (r) => r.host, show: (r) => hostLink(r.host) },
  { name: 'State', value: (r) => r.state, show: (r) => h('span', { class: r.state.toLowerCase() }, stateOf(r)) },
  { name: 'Latency score', number: true, value: score, hint: 'Utilisation × await of the worst device', show: (r) => scoreBar(score(r)) },
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

const NOISIEST = [
  { name: 'Disk', value: (n) => n.disk.domain.name, show: (n) => diskLink(n.host, n.disk.domain, n.disk.vdev) },
  { name: 'Host', value: (n) => n.host, show: (n) => hostLink(n.host) },
  { name: 'Latency score', number: true, value: (n) => n.score_ms, show: (n) => scoreBar(n.score_ms),
    hint: 'Share of device time × utilisation × await of the device' },
  { name: 'Share', number: true, value: (n) => n.disk.share, show: (n) => percent(n.disk.share) },
  { name: 'IOPS', number: true, wide: true, value: (n) => n.disk.iops, show: (n) => count(n.disk.iops) },
];

const Tile = ({ name, value, kind, href }) => h(href ? 'a' : 'div', { class: 'tile', href },
  h('span', null, name), h('b', { class: kind }, value));

const Tiles = ({ fleet, acts, open }) => h('div', { class: 'tiles' },
  h(Tile, { name: 'Hosts', value: count(fleet.live + fleet.silent + fleet.unheard) }),
  h(Tile, { name: 'Stale', value: count(fleet.silent), kind: fleet.silent ? 'bad' : '' }),
  h(Tile, { name: 'Disks', value: count(fleet.disks) }),
  h(Tile, { name: 'Over threshold', value: count(fleet.breaches), kind: fleet.breaches ? 'warn' : '' }),
  h(Tile, { name: 'Throttled', value: count(acts.throttles_in_all), href: '#/release' }),
  h(Tile, { name: 'Open alerts', value: count(open.length), href: '#/alerts', kind: open.some((a) => a.state === 'firing') ? 'bad' : '' }));

const Charts = ({ chart }) => {
  const marks = marksOf(live);
  const line = (name, title, write) => chart.lines[name] && h(Chart, {
    title, write, marks, times: times(chart, chart.lines[name].length), lines: [{ name: title, values: chart.lines[name] }] });
  return h('section', { class: 'late' },
    h(Range, null, h('h2', null, 'History')),
    h('div', { class: 'charts' },
      line('worst_pain_ms', 'Highest latency score', millis),
      line('iops', 'IOPS, all devices', (v) => metric('iops', v)),
      line('breaches', 'Disks over a threshold', count),
      line('throttles', 'Throttles', count)));
};

export const Fleet = () => {
  const { fleet, acts, alerts, chart } = live;
  if (!fleet || !acts || !alerts || !chart) return h('p', { class: 'empty' }, 'Waiting for the controller …');
  const open = openAlerts();
  return h('div', { class: 'fleet' },
    h('h1', null, 'Fleet'),
    h(Search),
    h(Tiles, { fleet, acts, open }),
    h(Charts, { chart }),
    h(Proposals, { of: acts.proposals }),
    h('div', { class: 'pair' },
      h('section', null, h('h2', null, 'Open alerts'),
        h(AlertTable, { of: open.slice(0, ALERTS_SHOWN), brief: true, empty: 'No open alerts.' }),
        open.length > ALERTS_SHOWN && h('a', { href: '#/alerts' }, `All ${count(open.length)} open alerts`)),
      h('section', null, h('h2', null, 'Noisiest disks'),
        h(Table, { columns: NOISIEST, rows: fleet.noisiest || [], label: 'Noisiest disks', empty: 'No I/O.',
          id: (n) => `${n.host} ${n.disk.domain.uuid} ${n.disk.domain.domid} ${n.disk.vdev}` }))),
    h('h2', null, 'Throttled now'),
    h(Throttles, { of: acts.throttles, withHost: true }),
    h('h2', null, 'Hosts, highest latency score first'),
    h(Table, { columns: HOSTS, rows: fleet.hosts, id: (r) => r.host, label: 'Hosts', filter: (r) => r.host,
      empty: 'No host has reported yet. Check that agents are running with this NATS server and prefix.' }),
    fleet.left_out > 0 && h('p', { class: 'faint' }, `${count(fleet.left_out)} more hosts with lower scores are not shown.`));
};
