// The policies page: conditions, ladders and matches of the policies, safety limits, file errors and decisions.
import { h } from '/assets/preact.js';
import { Table } from '/assets/table.js';
import { diskLink, Facts, openAlerts, placeLink } from '/assets/terms.js';
import { live } from '/assets/live.js';
import { count, metric, percent, plain, plural, span, time } from '/assets/text.js';

const MODES = { observe: 'faint', shadow: 'info', approve: 'warn', auto: 'good' };

/** A part of a policy as text, such as "metric iops, above 50, for 1s"; unset keys are omitted. */
const words = (part, unit) => {
  if (part === null || part === undefined || part === '') return '';
  if (Array.isArray(part)) return part.map((each) => words(each, unit)).filter(Boolean).join('; ');
  if (typeof part !== 'object') return String(part);
  const of = part.metric || unit;
  return Object.entries(part).map(([key, value]) => {
    const name = key.replace(/_ms$/, '').replaceAll('_', ' ');
    if (value === '*' || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0)) return '';
    if (key.endsWith('_ms') && typeof value === 'number') return `${name} ${span(value)}`;
    if (typeof value === 'number' && of && /above|below/.test(key)) return `${name} ${metric(of, value)}`;
    const inner = words(value, of);
    return inner && `${name} ${typeof value === 'object' && !Array.isArray(value) ? `(${inner})` : inner}`;
  }).filter(Boolean).join(', ');
};

const counted = (policy, verdict) => live.decisions?.counts?.[policy.name]?.[verdict] || 0;

const today = (policy) => {
  const start = new Date().setHours(0, 0, 0, 0);
  return live.decisions.last.filter((d) => d.policy === policy.name && d.verdict !== 'renew' && Date.parse(d.at) >= start).length;
};

const matches = (policy) => live.fleet?.matches?.[policy.name] ?? null;
const alerts = (policy) => openAlerts().filter((a) => a.policy === policy.name).length;
const throttled = (policy) => (live.acts?.throttles || []).filter((t) => t.policy === policy.name).length;

const LONG = ['name', 'mode', 'kind', 'match', 'then', 'when'];
const threshold = ({ metric: of, above, clear_below: below, for_ms: ms }) => [
  `${of} above ${typeof above === 'number' ? metric(of, above) : words(above)}`,
  ms > 0 && `for ${span(ms)}`, typeof below === 'number' && `, clear below ${metric(of, below)}`].filter(Boolean).join(' ').replace(' ,', ',');
const condition = (p) => (p.when?.metric ? threshold(p.when) : p.when ? words(p.when)
  : words(Object.fromEntries(Object.entries(p).filter(([key]) => !LONG.includes(key)))));
const ladder = (p) => words(p.then?.ladder ?? p.restraint) || 'nothing: alerts only';

const COUNTED = { act: 'Throttled', shadow: 'Shadow', refuse: 'Refused' };

const POLICIES = [
  { name: 'Policy', value: (p) => p.name, show: (p) => p.name },
  { name: 'Mode', value: (p) => p.mode, show: (p) => h('span', { class: `tag ${MODES[p.mode] || ''}` }, p.mode) },
  { name: 'Disks', wide: true, value: (p) => words(p.match), show: (p) => h('span', { title: words(p.match) }, words(p.match) || 'all') },
  { name: 'Condition', wide: true, value: condition, show: (p) => h('span', { title: condition(p) }, condition(p)) },
  { name: 'Ladder', wide: true, value: ladder, show: (p) => h('span', { title: ladder(p) }, ladder(p)) },
  { name: 'Matches', hint: 'Disks over the threshold now', number: true, value: matches, show: (p) => count(matches(p)) },
  { name: 'Alerts', hint: 'Open now', number: true, wide: true, value: alerts, show: (p) => count(alerts(p)) },
  { name: 'Throttles', hint: 'In force now', number: true, value: throttled, show: (p) => count(throttled(p)) },
  { name: 'Today', number: true, value: today, show: (p) => count(today(p)), hint: 'Decisions today, of the last 200' },
  ...['act', 'shadow', 'refuse'].map((verdict) => ({ name: COUNTED[verdict], number: true, wide: true, hint: 'Since this controller started',
    value: (p) => counted(p, verdict), show: (p) => count(counted(p, verdict)) })),
];

const DECISIONS = [
  { name: 'At', number: true, value: (d) => Date.parse(d.at), show: (d) => time(d.at) },
  { name: 'Decision', value: (d) => d.verdict, show: (d) => (d.alert ? h('a', { href: `#/alert/${d.alert}` }, d.verdict) : d.verdict) },
  { name: 'Host', wide: true, value: (d) => d.host, show: (d) => placeLink(d.host) },
  { name: 'Disk', value: (d) => (d.domain ? d.domain.name : ''), show: (d) => (d.domain ? diskLink(d.host, d.domain, d.vdev) : '') },
  { name: 'Policy', wide: true, value: (d) => d.policy, show: (d) => d.policy || 'operator' },
  { name: 'Why', grow: true, value: (d) => d.reason, show: (d) => h('span', { title: plain(d.reason) }, plain(d.reason)) },
];

const limits = (b) => [
  ['Each host', `at most ${plural(b.disks_per_host, 'disk')} throttled`],
  ['Each domain', `at most ${plural(b.disks_per_domain, 'disk')} throttled`],
  ['Fleet', `at most ${percent(b.hosts_throttled)} of the hosts have throttled disks`],
  ['Stop', `no new throttles while more than ${percent(b.stop_if_hosts_anomalous)} of the hosts exceed a threshold`],
];

export const Policies = () => {
  const { policies, decisions, state } = live;
  if (!policies || !decisions) return h('p', { class: 'empty' }, 'Waiting for the controller …');
  const errors = (state?.text || '').split('\n').filter((line) => /\.ya?ml/.test(line));
  return h('div', null,
    h('h1', null, 'Policies'),
    errors.length > 0 && h('p', { class: 'notice', role: 'alert' }, `Errors in policy files:\n${errors.join('\n')}`),
    h(Table, { columns: POLICIES, rows: policies.policies, id: (p) => p.name, label: 'Policies',
      empty: 'No policies: this controller only monitors.' }),
    h('h2', null, 'Safety limits'), h(Facts, { of: limits(policies.brakes) }),
    h('h2', null, 'Last decisions'),
    h(Table, { columns: DECISIONS, rows: decisions.last, label: 'Decisions', filter: (d) => JSON.stringify(d),
      id: (d) => JSON.stringify([d.at, d.host, d.vdev, d.policy, d.verdict, d.reason]), empty: 'No decisions yet.' }));
};
