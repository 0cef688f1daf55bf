// The policies page: policies with their counts, and the last decisions.
import { h } from '/assets/preact.js';
import { Table } from '/assets/table.js';
import { domainLink, hostLink } from '/assets/fleet.js';
import { live } from '/assets/live.js';
import { count, time } from '/assets/text.js';

const MODES = { observe: 'faint', shadow: 'info', approve: 'warn', auto: 'good' };

const counted = (policy, verdict) => ((live.decisions || {}).counts || {})[policy.name]?.[verdict] || 0;

const POLICIES = [
  { name: 'Policy', value: (p) => p.name, show: (p) => p.name },
  { name: 'Mode', value: (p) => p.mode, show: (p) => h('span', { class: `tag ${MODES[p.mode] || ''}` }, p.mode) },
  { name: 'Kind', wide: true, value: (p) => p.kind, show: (p) => p.kind },
  { name: 'Throttled', number: true, value: (p) => counted(p, 'act'), show: (p) => count(counted(p, 'act')) },
  { name: 'Shadow', number: true, value: (p) => counted(p, 'shadow'), show: (p) => count(counted(p, 'shadow')) },
  { name: 'Refused', number: true, value: (p) => counted(p, 'refuse'), show: (p) => count(counted(p, 'refuse')) },
  { name: 'Released', number: true, wide: true, value: (p) => counted(p, 'release'), show: (p) => count(counted(p, 'release')) },
];

const DECISIONS = [
  { name: 'At', number: true, value: (d) => Date.parse(d.at), show: (d) => time(d.at) },
  { name: 'Decision', value: (d) => d.verdict, show: (d) => (d.alert ? h('a', { href: `#/alert/${d.alert}` }, d.verdict) : d.verdict) },
  { name: 'Host', wide: true, value: (d) => d.host, show: (d) => (d.host === '_fleet' ? 'fleet' : hostLink(d.host)) },
  { name: 'Disk', value: (d) => (d.domain ? d.domain.name : ''),
    show: (d) => (d.domain ? h('span', null, domainLink(d.host, d.domain), ` ${d.vdev || ''}`) : '') },
  { name: 'Policy', wide: true, value: (d) => d.policy, show: (d) => d.policy || 'operator' },
  { name: 'Why', value: (d) => d.reason, show: (d) => h('span', { title: d.reason }, d.reason) },
];

export const Policies = () => {
  const { policies, decisions } = live;
  if (!policies || !decisions) return h('p', { class: 'empty' }, 'Waiting for the controller …');
  return h('div', null,
    h('h1', null, 'Policies'),
    h(Table, { columns: POLICIES, rows: policies.policies, id: (p) => p.name, label: 'Policies',
      empty: 'No policies: this controller only monitors.' }),
    h('p', { class: 'faint' }, 'Counts since this controller started. Safety limits: ',
      Object.entries(policies.brakes).map(([name, value]) => `${name} ${value}`).join(', ')),
    h('h2', null, 'Last decisions'),
    h(Table, { columns: DECISIONS, rows: decisions.last, label: 'Decisions', filter: (d) => JSON.stringify(d),
      id: (d) => JSON.stringify([d.at, d.host, d.vdev, d.policy, d.verdict, d.reason]), empty: 'No decisions yet.' }));
};
