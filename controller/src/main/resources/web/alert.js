// The list of alerts, the page of an alert, and the audit trail of an object.
import { Component, h } from '/assets/preact.js';
import { Table } from '/assets/table.js';
import { Chart, times } from '/assets/chart.js';
import { domainLink, hostLink } from '/assets/fleet.js';
import { live } from '/assets/live.js';
import { metric, millis, percent, span, time, UNKNOWN } from '/assets/text.js';

const COLUMNS = [
  { name: 'State', value: (a) => a.state, show: (a) => h('span', { class: `tag ${a.state}` }, a.state) },
  { name: 'Severity', value: (a) => a.severity, show: (a) => h('span', { class: a.severity }, a.severity) },
  { name: 'Since', value: (a) => Date.parse(a.since), number: true, show: (a) => time(a.since) },
  { name: 'Host', wide: true, value: (a) => a.host, show: (a) => (a.host === '_fleet' ? 'fleet' : hostLink(a.host)) },
  { name: 'Summary', value: (a) => a.summary, show: (a) => h('a', { href: `#/alert/${a.id}`, title: a.summary }, a.summary) },
  { name: 'Policy', wide: true, value: (a) => a.policy, show: (a) => a.policy },
  { name: 'Suppressed', wide: true, value: (a) => a.acked_by || a.silenced_by || a.inhibited_by,
    show: (a) => (a.acked_by ? `acked by ${a.acked_by}` : a.silenced_by ? 'silenced' : a.inhibited_by ? 'inhibited' : '') },
];

export const Alerts = ({ of }) => h(Table, { columns: COLUMNS, rows: of, id: (a) => a.id, label: 'Alerts',
  filter: of.length > 8 ? (a) => `${a.summary} ${a.policy} ${a.host}` : undefined,
  empty: 'No alerts since this controller started.' });

export const AlertList = () => h('div', null, h('h1', null, 'Alerts'), h(Alerts, { of: live.alerts || [] }));

/** The audit trail of an object, as `blkwarden why` prints it. */
export class Story extends Component {
  constructor() {
    super();
    this.state = { story: null, fault: null };
  }

  async componentDidMount() {
    try {
      const answer = await fetch(`/api/v1/why?about=${encodeURIComponent(this.props.about)}&since_s=86400`);
      if (answer.ok) this.setState({ story: (await answer.json()).story });
      else this.setState({ fault: await answer.text() });
    } catch {
      this.setState({ fault: 'no answer from the controller' });
    }
  }

  render(_, { story, fault }) {
    if (fault) return h('p', { class: 'notice' }, `The audit trail is unavailable: ${fault.trim()}`);
    if (!story) return h('p', { class: 'empty' }, 'Loading …');
    if (story.length === 0) return h('p', { class: 'empty' }, 'No records in the last 24 hours.');
    return h('div', { class: 'box' }, h('ol', { class: 'story' }, story.map((line) =>
      h('li', null, h('time', { dateTime: line.at }, time(line.at)), line.text))));
  }
}

const rows = (alert) => {
  const { condition: c, evidence: e, action } = alert;
  const list = [
    ['Condition', `${c.metric} ${metric(c.metric, c.value)}, threshold ${metric(c.metric, c.above)}, for ${span(c.for_ms)}`],
    ['Host', alert.host === '_fleet' ? 'the whole fleet' : hostLink(alert.host)],
    ['Since', time(alert.since)],
    ['Share of device', percent(e.device_time_share)], ['Device utilisation', percent(e.device_util)],
    ['Device await', millis(e.host_await_ms)], ['PSI io full', percent(e.host_io_full)],
  ];
  if (alert.domain) {
    list.splice(1, 0, ['Disk', h('span', null, domainLink(alert.host, alert.domain), ` ${alert.disk ? alert.disk.vdev : ''}`)]);
  }
  if (e.blame) list.push(['Attribution', `${e.blame.verdict}, confidence ${e.blame.confidence ?? UNKNOWN}`]);
  if (action) {
    const what = action.priority || (action.limit_per_s ? `limit ${action.limit_per_s}/s` : 'nothing');
    list.push(['Mode', action.mode], [action.mode === 'auto' ? 'Set' : 'Would set', what]);
    if (what !== 'nothing') list.push(['Effect', h('span', { class: action.effect }, action.effect)]);
    if (action.before !== null && action.before !== undefined) {
      list.push(['Before and after', `${metric(c.metric, action.before)} → ${metric(c.metric, action.after)}`]);
    }
    if (action.note) list.push(['Note', action.note]);
  }
  return list;
};

/** Charts of the alert: the metric with its threshold, and the await of the host's devices. */
const Numbers = ({ alert }) => {
  const { condition: c, evidence } = alert;
  const mark = alert.acted ? alert.acted / 1000 : undefined;
  const page = live.host && live.host.host && live.host.host.host === alert.host ? live.host : null;
  return h('div', { class: 'charts' },
    evidence.samples.length > 1 && h(Chart, {
      title: `${c.metric} of the disk; dashed: threshold`, mark, level: c.above, write: (v) => metric(c.metric, v),
      times: evidence.samples.map(([at]) => at / 1000),
      lines: [{ name: c.metric, values: evidence.samples.map(([, value]) => value) }] }),
    page && page.host.devices.map((device) => {
      const values = page.chart.lines[`${device.name} await_ms`];
      return values && h(Chart, { key: device.name, mark, write: millis, times: times(page.chart, values.length),
        title: `Await of ${device.name}${mark ? '; dashed: when the disk was throttled' : ''}`,
        lines: [{ name: 'await', values }] });
    }));
};

export const Alert = ({ id }) => {
  const alert = (live.alerts || []).find((a) => a.id === id);
  const throttled = ((live.decisions || {}).last || []).find((d) => d.alert === id && d.verdict === 'act');
  return h('div', null,
    h('h1', null, alert ? [h('span', { class: `tag ${alert.state}` }, alert.state), ' ', alert.policy] : id),
    alert && h('p', null, alert.summary),
    alert && h('div', { class: 'box' }, h('dl', null, rows(alert).map(([name, value]) => [h('dt', null, name), h('dd', null, value)]))),
    alert && h('h2', null, 'Before and after'),
    alert && h(Numbers, { alert: { ...alert, acted: throttled ? Date.parse(throttled.at) : undefined } }),
    h('h2', null, 'Why'), h(Story, { about: id, key: `${id} ${alert ? alert.state : ''}` }));
};
