// The list of alerts: open and resolved, with filters, grouped by incident.
import { Component, h } from '/assets/preact.js';
import { Table } from '/assets/table.js';
import { Neighbours, NEIGHBOURS_HINT, placeLink } from '/assets/terms.js';
import { live, now } from '/assets/live.js';
import { count, span, time } from '/assets/text.js';

const HOURS = [['', 'Any time'], ['1', 'Last hour'], ['6', 'Last 6 hours'], ['24', 'Last day']];
const SEVERITIES = ['critical', 'warning', 'info'];
const STATES = ['firing', 'handled', 'unknown'];

export const duration = (alert) => (alert.state === 'resolved' ? Date.parse(alert.at) : now()) - Date.parse(alert.since);

export const suppressed = (a) => (a.acked_by ? `acknowledged by ${a.acked_by}`
  : a.silenced_by ? 'silenced' : a.inhibited_by ? 'inhibited' : '');

/** The neighbours' latency of an alert, also after it is resolved. */
export const neighboursOf = (alert) => h(Neighbours, {
  before: alert.action?.neighbours_before_ms, after: alert.action?.neighbours_after_ms, note: alert.action?.note });

const COLUMNS = [
  { name: 'State', value: (a) => a.state, show: (a) => h('span', { class: `tag ${a.state}` }, a.state) },
  { name: 'Neighbours’ await', hint: NEIGHBOURS_HINT, value: (a) => a.action?.neighbours_after_ms, show: neighboursOf },
  { name: 'Summary', grow: true, value: (a) => a.summary, show: (a) => h('a', { href: `#/alert/${a.id}`, title: a.summary }, a.summary) },
  { name: 'Severity', long: true, value: (a) => a.severity, show: (a) => h('span', { class: a.severity }, a.severity) },
  { name: 'Host', long: true, wide: true, value: (a) => a.host, show: (a) => placeLink(a.host) },
  { name: 'Since', long: true, wide: true, value: (a) => Date.parse(a.since), number: true, show: (a) => time(a.since) },
  { name: 'Duration', value: duration, number: true, show: (a) => span(duration(a)) },
  { name: 'Policy', long: true, wide: true, value: (a) => a.policy, show: (a) => a.policy },
  { name: 'Suppressed', long: true, wide: true, value: suppressed, show: suppressed },
];

export const AlertTable = ({ of, brief, empty }) => h(Table, { rows: of, id: (a) => a.id, label: 'Alerts', empty,
  columns: brief ? COLUMNS.filter((column) => !column.long) : COLUMNS,
  filter: of.length > 8 && !brief ? (a) => `${a.summary} ${a.policy} ${a.host}` : undefined });

/** Alerts grouped by incident, newest incident first. */
const incidents = (alerts) => {
  const groups = new Map();
  for (const alert of alerts) {
    const key = alert.incident || alert.id;
    groups.set(key, [...(groups.get(key) || []), alert]);
  }
  return [...groups.values()];
};

const Choice = ({ name, of, value, onPick }) => h('label', { class: 'choice' }, h('span', { class: 'faint' }, name),
  h('select', { value, 'aria-label': name, onChange: (event) => onPick(event.target.value) },
    of.map(([key, text]) => h('option', { key, value: key, selected: key === value }, text))));

const anyOf = (words) => [['', 'any'], ...words.map((word) => [word, word])];

export class AlertList extends Component {
  constructor() {
    super();
    this.state = { resolved: false, state: '', severity: '', host: '', hours: '' };
  }

  matches(alert) {
    const { resolved, state, severity, host, hours } = this.state;
    return (alert.state === 'resolved') === resolved
      && (resolved || !state || alert.state === state)
      && (!severity || alert.severity === severity)
      && (!host || alert.host === host)
      && (!hours || now() - Date.parse(alert.at) <= Number(hours) * 3_600_000);
  }

  tab(resolved, name, all) {
    const number = all.filter((a) => (a.state === 'resolved') === resolved).length;
    return h('button', { type: 'button', role: 'tab', class: 'pick', 'aria-selected': this.state.resolved === resolved,
      onClick: () => this.setState({ resolved }) }, `${name} ${count(number)}`);
  }

  render(_, { resolved, state, severity, host, hours }) {
    const all = live.alerts || [];
    const groups = incidents(all.filter((a) => this.matches(a)));
    const several = groups.filter((group) => group.length > 1);
    const single = groups.filter((group) => group.length === 1).flat();
    const hosts = [...new Set(all.map((a) => a.host))].sort();
    const pick = (key) => (value) => this.setState({ [key]: value });
    return h('div', null, h('h1', null, 'Alerts'),
      h('div', { class: 'row' },
        h('div', { class: 'tabs', role: 'tablist' }, this.tab(false, 'Open', all), this.tab(true, 'Resolved', all)),
        !resolved && h(Choice, { name: 'State', of: anyOf(STATES), value: state, onPick: pick('state') }),
        h(Choice, { name: 'Severity', of: anyOf(SEVERITIES), value: severity, onPick: pick('severity') }),
        h(Choice, { name: 'Host', of: [['', 'any'], ...hosts.map((each) => [each, each === '_fleet' ? 'fleet' : each])],
          value: host, onPick: pick('host') }),
        h(Choice, { name: 'Changed', of: HOURS, value: hours, onPick: pick('hours') })),
      several.map((group) => h('section', { key: group[0].incident },
        h('h2', null, 'Incident on ', placeLink(group[0].host), `: ${group.length} alerts`),
        h(AlertTable, { of: group, empty: '' }))),
      several.length > 0 && single.length > 0 && h('h2', null, 'Single alerts'),
      (single.length > 0 || several.length === 0) && h(AlertTable, { of: single,
        empty: resolved ? 'No resolved alerts match.' : 'No open alerts match.' }));
  }
}
