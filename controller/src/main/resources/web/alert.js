// The page of an alert: latency of the neighbours, values, charts, actions and timeline.
import { h } from '/assets/preact.js';
import { Act } from '/assets/acts.js';
import { Chart, times } from '/assets/chart.js';
import { Range } from '/assets/range.js';
import { Timeline } from '/assets/timeline.js';
import { duration, neighboursOf, suppressed } from '/assets/alerts.js';
import { diskLink, Facts, hostLink } from '/assets/terms.js';
import { live } from '/assets/live.js';
import { isKnown, metric, millis, percent, span, time, UNKNOWN } from '/assets/text.js';

const SILENCES = [['1 hour', 3600], ['4 hours', 14_400], ['1 day', 86_400], ['1 week', 604_800]];

const facts = (alert) => {
  const { condition: c, evidence: e, action } = alert;
  const list = [
    ['Neighbours’ await', h('span', null, neighboursOf(alert), isKnown(action?.neighbours_after_ms) ? ' after the throttle' : '')],
    ['Condition', `${c.metric} ${metric(c.metric, c.value)}, threshold ${metric(c.metric, c.above)} for ${span(c.for_ms)}, `
      + `clear below ${metric(c.metric, c.clear_below)}`],
    ['Since', `${time(alert.since)}, ${alert.state === 'resolved' ? 'lasted' : 'for'} ${span(duration(alert))}`],
    ['Host', alert.host === '_fleet' ? 'the whole fleet' : hostLink(alert.host)],
  ];
  if (alert.domain) list.push(['Disk', diskLink(alert.host, alert.domain, alert.disk?.vdev)]);
  if (action) {
    const what = action.priority || (action.limit_per_s ? `limit ${action.limit_per_s}/s` : 'nothing');
    list.push([action.mode === 'auto' ? 'Set' : `Would set (mode ${action.mode})`, what]);
    if (what !== 'nothing') list.push(['Effect', h('span', { class: action.effect }, action.effect)]);
    if (isKnown(action.before)) {
      list.push([`${c.metric} before and after`, `${metric(c.metric, action.before)} → ${metric(c.metric, action.after)}`]);
    }
    if (action.note) list.push(['Note', action.note]);
  }
  list.push(['Share of device time', percent(e.device_time_share)], ['Device utilisation', percent(e.device_util)],
    ['Device await', millis(e.host_await_ms)], ['PSI io full', percent(e.host_io_full)]);
  if (e.blame) list.push(['Attribution', `${e.blame.verdict}, confidence ${e.blame.confidence ?? UNKNOWN}`]);
  if (suppressed(alert)) list.push(['Notifications', suppressed(alert)]);
  return list;
};

/** Charts of the alert: the metric with its threshold, and the await of the host's devices. */
const Charts = ({ alert, acted }) => {
  const { condition: c, evidence } = alert;
  const marks = [{ at: Date.parse(alert.since) / 1000, text: 'breach started', colour: '--bad' },
    ...(acted ? [{ at: acted / 1000, text: 'throttled', colour: '--good' }] : [])];
  const page = live.host?.host?.host === alert.host ? live.host : null;
  return h('section', null,
    page ? h(Range, null, h('h2', null, 'Before and after')) : h('h2', null, 'Before and after'),
    h('div', { class: 'charts' },
      evidence.samples.length > 1 && h(Chart, {
        title: `${c.metric}; dashed: threshold`, marks, own: true, level: c.above, write: (v) => metric(c.metric, v),
        times: evidence.samples.map(([at]) => at / 1000),
        lines: [{ name: c.metric, values: evidence.samples.map(([, value]) => value) }] }),
      page && page.host.devices.map((device) => {
        const values = page.chart.lines[`${device.name} await_ms`];
        return values && h(Chart, { key: device.name, marks, write: millis, times: times(page.chart, values.length),
          title: `Await of ${device.name}`, lines: [{ name: 'await', values }] });
      })));
};

const Actions = ({ alert }) => live.state?.actions && alert.state !== 'resolved' && h('div', { class: 'row' },
  alert.acked_by
    ? h(Act, { name: 'Withdraw acknowledgement', what: alert.policy, path: '/api/v1/acks/undo', body: { about: alert.id } })
    : h(Act, { name: 'Acknowledge', what: alert.policy, path: '/api/v1/acks', body: { about: alert.id } }),
  alert.incident && !alert.acked_by
    && h(Act, { name: 'Acknowledge incident', what: alert.host, path: '/api/v1/acks', body: { about: alert.incident } }),
  alert.silenced_by
    ? h(Act, { name: 'End silence', what: alert.policy, path: `/api/v1/silences/${alert.silenced_by}/expire` })
    : h(Act, { name: 'Silence', what: `${alert.policy} ${alert.domain?.name ?? ''} on ${alert.host}`, path: '/api/v1/silences',
      choice: { name: 'for_s', label: 'For', of: SILENCES },
      body: { match: { host: alert.host, policy: alert.policy, domain: alert.domain?.uuid } } }));

export const Alert = ({ id }) => {
  const alert = (live.alerts || []).find((a) => a.id === id);
  const throttled = (live.decisions?.last || []).findLast((d) => d.alert === id && d.verdict === 'act');
  return h('div', null,
    h('h1', null, alert ? [h('span', { class: `tag ${alert.state}` }, alert.state), ' ', alert.policy] : id),
    alert && h('p', null, alert.summary),
    alert && h(Actions, { alert }),
    alert && h(Facts, { of: facts(alert) }),
    alert && h(Charts, { alert, acted: throttled ? Date.parse(throttled.at) : 0 }),
    h('h2', null, 'Why'), h(Timeline, { about: id, key: `${id} ${alert ? alert.state : ''}` }));
};
