// The tables of throttles and proposals, and the page that releases all throttles.
import { h } from '/assets/preact.js';
import { Act } from '/assets/acts.js';
import { Table } from '/assets/table.js';
import { diskLink, hostLink, Neighbours, NEIGHBOURS_HINT } from '/assets/terms.js';
import { live, now } from '/assets/live.js';
import { count, plural, span, UNKNOWN } from '/assets/text.js';

const columns = (withHost, withAction) => [
  { name: 'Neighbours’ await', hint: NEIGHBOURS_HINT, value: (t) => t.neighbours_after_ms,
    show: (t) => h(Neighbours, { before: t.neighbours_before_ms, after: t.neighbours_after_ms, note: t.note }) },
  ...(withHost ? [{ name: 'Host', value: (t) => t.host, show: (t) => hostLink(t.host) }] : []),
  { name: 'Disk', value: (t) => `${t.domain.name} ${t.vdev}`, show: (t) => diskLink(t.host, t.domain, t.vdev) },
  { name: 'Restraint', value: (t) => t.restraint, show: (t) => t.restraint },
  { name: 'Effect', value: (t) => t.effect,
    show: (t) => h('span', { class: t.effect || 'faint', title: t.note }, t.effect || UNKNOWN) },
  { name: 'Expires in', number: true, value: (t) => Date.parse(t.ends), show: (t) => span(Date.parse(t.ends) - now()) },
  { name: 'Policy', wide: true, value: (t) => t.policy || t.person,
    show: (t) => (t.alert ? h('a', { href: `#/alert/${t.alert}` }, t.policy) : t.policy || t.person || t.reason) },
  ...(withAction && live.state?.actions ? [{ name: '', show: (t) => h(Act, { name: 'Release', what: `${t.domain.name} ${t.vdev}`,
    path: '/api/v1/release', body: { host: t.host, domain: t.domain.uuid, disk: t.vdev } }) }] : []),
];

export const Throttles = ({ of, withHost, withAction = true }) => h(Table, {
  columns: columns(withHost, withAction), rows: of, id: (t) => t.lease, label: 'Throttles', empty: 'No throttles.',
});

const what = (p) => p.priority || `limit ${p.limit_per_s}/s`;

const answers = (p) => (p.approved_by ? `approved by ${p.approved_by}` : h('span', { class: 'row' },
  h(Act, { name: 'Approve', what: `${p.domain.name} ${p.disk}`, path: `/api/v1/proposals/${p.id}/approve` }),
  h(Act, { name: 'Deny', what: `${p.domain.name} ${p.disk}`, path: `/api/v1/proposals/${p.id}/deny` })));

export const Proposals = ({ of }) => of.length > 0 && h('section', null,
  h('h2', null, 'Waiting for approval'),
  h(Table, { rows: of, id: (p) => p.id, label: 'Proposals', empty: '', columns: [
    { name: 'Host', value: (p) => p.host, show: (p) => hostLink(p.host) },
    { name: 'Disk', value: (p) => p.domain.name, show: (p) => diskLink(p.host, p.domain, p.disk) },
    { name: 'Proposed', wide: true, value: what, show: what },
    { name: 'Policy', wide: true, value: (p) => p.policy, show: (p) => p.policy },
    { name: 'Expires in', number: true, value: (p) => Date.parse(p.expires), show: (p) => span(Date.parse(p.expires) - now()) },
    ...(live.state?.actions ? [{ name: '', show: answers }] : [])] }));

/** The page that lists and releases all throttles. */
export const ReleaseAll = () => {
  if (!live.acts) return h('p', { class: 'empty' }, 'Waiting for the controller …');
  const { throttles, throttles_in_all: all } = live.acts;
  return h('div', null,
    h('h1', null, 'Release all throttles'),
    h('p', null, all === 1 ? 'Releases this throttle.' : `Releases all ${plural(all, 'throttle')} of policies and operators.`,
      ' Policies may throttle a disk again when it exceeds its threshold.'),
    all > 0 && h('p', null, h(Act, { name: 'Release all', what: plural(all, 'throttle'), danger: true, path: '/api/v1/release-all' })),
    !live.state?.actions && h('p', { class: 'faint' }, 'Actions are disabled: start the controller with --http-token-file.'),
    h(Throttles, { of: throttles, withHost: true, withAction: false }),
    all > throttles.length && h('p', { class: 'faint' }, `${count(all - throttles.length)} more are not shown.`));
};
