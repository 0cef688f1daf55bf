// The pages of a host and of one of its domains.
import { h } from '/assets/preact.js';
import { Bar, Table } from '/assets/table.js';
import { Chart, marksOf, times } from '/assets/chart.js';
import { Range } from '/assets/range.js';
import { Throttles } from '/assets/throttles.js';
import { AlertTable } from '/assets/alerts.js';
import { Changes, Timeline } from '/assets/timeline.js';
import { domainLink, Facts, hostLink, stateOf } from '/assets/terms.js';
import { live } from '/assets/live.js';
import { bytes, count, millis, percent } from '/assets/text.js';

const HONOURS = {
  effective: 'honours I/O priorities',
  'class-only': 'honours the class of I/O priorities, not the level',
  ineffective: 'ignores I/O priorities; only limits are effective',
  unknown: 'support of I/O priorities unknown',
};

const throttleOf = (page, disk) =>
  page.throttles.find((t) => t.domain.uuid === disk.domain.uuid && t.vdev === disk.vdev);

const two = (write, a, b) => `${write(a)} / ${write(b)}`;

const state = (page, d) => {
  const throttle = throttleOf(page, d);
  if (throttle) return h('span', { class: 'tag warn' }, throttle.restraint);
  return d.state === 'resolved'
    ? h('span', { class: d.policies.length ? 'warn' : 'faint' }, d.policies.length ? `over threshold: ${d.policies.join(', ')}` : 'proven')
    : h('span', { class: 'warn', title: d.reason }, d.reason || d.state);
};

const diskColumns = (page) => [
  { name: 'Domain', value: (d) => d.domain.name, show: (d) => domainLink(page.host.host, d.domain) },
  { name: 'Disk', value: (d) => d.vdev, show: (d) => d.vdev },
  { name: 'Role', wide: true, value: (d) => d.role, show: (d) => d.role },
  { name: 'Share', number: true, value: (d) => d.share, hint: 'Share of device time: of the I/O time of all guests on the device',
    show: (d) => h(Bar, { part: d.share, text: percent(d.share), hot: d.share > 0.5 && d.util > 0.5 }) },
  { name: 'IOPS r / w', number: true, value: (d) => d.iops, hint: 'Reads and writes per second',
    show: (d) => two(count, d.read_iops, d.write_iops) },
  { name: 'Bandwidth r / w', number: true, wide: true, value: (d) => d.read_bytes_per_s + d.write_bytes_per_s,
    hint: 'Bytes read and written per second', show: (d) => two(bytes, d.read_bytes_per_s, d.write_bytes_per_s) },
  { name: 'Await r / w', number: true, value: (d) => d.await_ms, hint: 'Mean latency of reads and writes',
    show: (d) => two(millis, d.read_await_ms, d.write_await_ms) },
  { name: 'Queue', number: true, wide: true, value: (d) => d.in_flight, hint: 'I/Os in flight', show: (d) => count(d.in_flight) },
  { name: 'State', value: (d) => throttleOf(page, d)?.restraint || d.state, show: (d) => state(page, d) },
  { name: 'Worker', wide: true, value: (d) => d.workers[0], show: (d) => d.workers.join(', ') || '-' },
];

const Disks = ({ page, of }) => h(Table, {
  columns: diskColumns(page), label: 'Disks', filter: (d) => `${d.domain.name} ${d.vdev} ${d.volume} ${d.role}`,
  rows: [...of].sort((a, b) => (b.share ?? -1) - (a.share ?? -1)),
  id: (d) => `${d.domain.uuid} ${d.domain.domid} ${d.vdev}`, empty: 'No disks.',
});

const Devices = ({ page }) => {
  const marks = marksOf(live, page.host.host);
  return page.host.devices.map((device) => {
    const line = (key, title, write) => {
      const values = page.chart.lines[`${device.name} ${key}`];
      return values && h(Chart, { title: `${device.name}: ${title}`, write, marks, times: times(page.chart, values.length),
        lines: [{ name: title, values }] });
    };
    return h('section', { key: device.name },
      h('h2', null, `${device.name}: scheduler ${device.scheduler}, ${HONOURS[device.actuator] || device.actuator}`),
      h('div', { class: 'charts' },
        line('util', 'utilisation', percent), line('await_ms', 'await', millis), line('in_flight', 'I/Os in flight', count)));
  });
};

const missing = (name) => h('div', null, h('h1', null, name),
  h('p', { class: 'empty' }, live.host ? 'No such host.' : 'Waiting for the controller …'));

const agent = (host) => (host.state.toLowerCase() === 'live' ? 'reporting'
  : `not reporting: run blkwarden-agent doctor on the host; if the host is decommissioned, run blkwarden forget ${host.host}`);

export const Host = ({ name }) => {
  const page = live.host;
  if (!page || !page.host || page.host.host !== name) return missing(name);
  const { host } = page;
  return h('div', null,
    h('h1', null, name, ' ', h('span', { class: `tag ${host.state.toLowerCase()}` }, stateOf(host))),
    h(Facts, { of: [['Agent', agent(host)], ['PSI io some', percent(host.io_some)], ['PSI io full', percent(host.io_full)],
      ['Disks', `${count(host.disks)}, ${count(host.breaches)} over a threshold`]] }),
    h('h2', null, 'Throttled now'), h(Throttles, { of: page.throttles }),
    h('h2', null, 'Disks by share of device time'),
    page.disks ? h(Disks, { page, of: page.disks }) : h('p', { class: 'empty' }, 'Loading disks …'),
    h(Range, null, h('h2', null, 'Devices')), h(Devices, { page }),
    h('h2', null, 'Alerts'),
    h(AlertTable, { of: (live.alerts || []).filter((a) => a.host === name), empty: 'No alerts since this controller started.' }),
    h('h2', null, 'Recent changes'), h(Changes, { alerts: (live.alerts || []).filter((a) => a.host === name),
      decisions: (live.decisions?.last || []).filter((d) => d.host === name) }));
};

export const Domain = ({ name, uuid }) => {
  const page = live.host;
  if (!page || !page.host || page.host.host !== name || !page.disks) return missing(name);
  const disks = page.disks.filter((d) => d.domain.uuid === uuid);
  const domain = disks.length > 0 ? disks[0].domain : null;
  return h('div', null,
    h('h1', null, domain ? domain.name : uuid, ' on ', hostLink(name)),
    domain && h(Facts, { of: [['UUID', uuid], ['domid', String(domain.domid)],
      ...disks.map((d) => [d.vdev, `${d.volume || '-'} on ${d.devices.join(', ') || '-'}`])] }),
    h('h2', null, 'Disks'), h(Disks, { page, of: disks }),
    h('h2', null, 'Throttled now'), h(Throttles, { of: page.throttles.filter((t) => t.domain.uuid === uuid) }),
    h('h2', null, 'Alerts'),
    h(AlertTable, { of: (live.alerts || []).filter((a) => a.domain?.uuid === uuid), empty: 'No alerts since this controller started.' }),
    h('h2', null, 'Last 24 hours'), h(Timeline, { about: uuid, key: uuid }));
};
