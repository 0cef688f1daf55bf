// The pages of a host and of one of its domains.
import { h } from '/assets/preact.js';
import { Bar, Table } from '/assets/table.js';
import { Chart, times } from '/assets/chart.js';
import { Throttles, domainLink, hostLink, stateOf } from '/assets/fleet.js';
import { Alerts, Story } from '/assets/alert.js';
import { live } from '/assets/live.js';
import { bytes, count, millis, percent } from '/assets/text.js';

const throttleOf = (page, disk) =>
  page.throttles.find((t) => t.domain.uuid === disk.domain.uuid && t.vdev === disk.vdev);

const diskColumns = (page) => [
  { name: 'Domain', value: (d) => d.domain.name, show: (d) => domainLink(page.host.host, d.domain) },
  { name: 'Disk', value: (d) => d.vdev, show: (d) => d.vdev },
  { name: 'Role', wide: true, value: (d) => d.role, show: (d) => d.role },
  { name: 'Share', number: true, value: (d) => d.share, hint: 'Share of the time that guests’ I/Os take on its device',
    show: (d) => h(Bar, { part: d.share, text: percent(d.share), hot: d.share > 0.5 && d.util > 0.5 }) },
  { name: 'IOPS', number: true, value: (d) => d.iops, show: (d) => count(d.iops) },
  { name: 'Read', number: true, wide: true, value: (d) => d.read_bytes_per_s, show: (d) => bytes(d.read_bytes_per_s) },
  { name: 'Write', number: true, wide: true, value: (d) => d.write_bytes_per_s, show: (d) => bytes(d.write_bytes_per_s) },
  { name: 'Await', number: true, value: (d) => d.await_ms, show: (d) => millis(d.await_ms) },
  { name: 'State', value: (d) => throttleOf(page, d)?.restraint || d.state, show: (d) => {
    const throttle = throttleOf(page, d);
    if (throttle) return h('span', { class: 'tag warn' }, throttle.restraint);
    return d.state === 'resolved'
      ? h('span', { class: 'faint' }, d.policies.length ? `over threshold: ${d.policies.join(', ')}` : 'proven')
      : h('span', { class: 'warn', title: d.reason }, d.reason || d.state);
  } },
  { name: 'Worker', wide: true, value: (d) => d.workers[0], show: (d) => d.workers.join(', ') || '-' },
];

const Disks = ({ page, of }) => h(Table, {
  columns: diskColumns(page), label: 'Disks', filter: (d) => `${d.domain.name} ${d.vdev} ${d.volume} ${d.role}`,
  rows: [...of].sort((a, b) => (b.share ?? -1) - (a.share ?? -1)),
  id: (d) => `${d.domain.uuid} ${d.domain.domid} ${d.vdev}`, empty: 'No disks.',
});

const Devices = ({ page }) => page.host.devices.map((device) => {
  const line = (key, title, write) => {
    const values = page.chart.lines[`${device.name} ${key}`];
    return values && h(Chart, { title: `${device.name}: ${title}`, write, times: times(page.chart, values.length),
      lines: [{ name: title, values }] });
  };
  return h('section', null,
    h('h2', null, `${device.name}: scheduler ${device.scheduler}, priorities are ${device.actuator}`),
    h('div', { class: 'charts' },
      line('util', 'utilisation', percent), line('await_ms', 'await', millis), line('in_flight', 'I/Os in flight', count)));
});

const missing = (name) => h('div', null, h('h1', null, name),
  h('p', { class: 'empty' }, live.host ? 'No such host.' : 'Waiting for the controller …'));

const Dl = ({ of }) => h('div', { class: 'box' }, h('dl', null, of.map(([name, value]) => [h('dt', null, name), h('dd', null, value)])));

const agent = (host) => (host.state.toLowerCase() === 'live' ? 'reporting'
  : `not reporting: run blkwarden-agent doctor on the host; if it is gone for good, run blkwarden forget ${host.host}`);

export const Host = ({ name }) => {
  const page = live.host;
  if (!page || !page.host || page.host.host !== name) return missing(name);
  const { host } = page;
  return h('div', null,
    h('h1', null, name, ' ', h('span', { class: `tag ${host.state.toLowerCase()}` }, stateOf(host))),
    h(Dl, { of: [['Agent', agent(host)], ['PSI io some', percent(host.io_some)],
      ['PSI io full', percent(host.io_full)], ['Disks', count(host.disks)], ['Disks over a threshold', count(host.breaches)]] }),
    h('h2', null, 'Throttled now'), h(Throttles, { of: page.throttles }),
    h('h2', null, 'Disks by share of device time'),
    page.disks ? h(Disks, { page, of: page.disks }) : h('p', { class: 'empty' }, 'Loading disks …'),
    h(Devices, { page }),
    h('h2', null, 'Alerts'), h(Alerts, { of: (live.alerts || []).filter((a) => a.host === name) }));
};

export const Domain = ({ name, uuid }) => {
  const page = live.host;
  if (!page || !page.host || page.host.host !== name || !page.disks) return missing(name);
  const disks = page.disks.filter((d) => d.domain.uuid === uuid);
  const domain = disks.length > 0 ? disks[0].domain : null;
  return h('div', null,
    h('h1', null, domain ? domain.name : uuid, ' on ', hostLink(name)),
    domain && h(Dl, { of: [['UUID', uuid], ['domid', String(domain.domid)],
      ...disks.map((d) => [d.vdev, `${d.volume || '-'} on ${d.devices.join(', ')}`])] }),
    h('h2', null, 'Disks'), h(Disks, { page, of: disks }),
    h('h2', null, 'Throttled now'), h(Throttles, { of: page.throttles.filter((t) => t.domain.uuid === uuid) }),
    h('h2', null, 'Alerts'),
    h(Alerts, { of: (live.alerts || []).filter((a) => a.domain && a.domain.uuid === uuid) }),
    h('h2', null, 'Last 24 hours'), h(Story, { about: uuid, key: uuid }));
};
