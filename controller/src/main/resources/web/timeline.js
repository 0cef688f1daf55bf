// The audit trail of an object as a timeline: alerts, decisions, and answers of agents.
import { Component, h } from '/assets/preact.js';
import { count, plain, time } from '/assets/text.js';

const SHOWN = 300;
const DECISIONS = {
  act: ['decided to throttle', 'good'], shadow: ['would throttle (mode shadow)', 'faint'], refuse: ['did not throttle', 'warn'],
  release: ['released', ''], ease: ['stepped down the throttle of', ''], skip: ['took no action on', 'faint'],
  forget: ['removed', ''], request: ['executed a request for', ''],
};

const place = (m) => (m.domain ? `${m.domain.name} ${m.vdev || ''} on ${m.host}` : m.host === '_fleet' ? 'the fleet' : m.host);

const event = (m) => {
  const kind = (m.schema || '').split('.')[1];
  if (kind === 'alert') {
    return { at: m.at, same: `${m.id} ${m.state} ${m.action?.effect} ${m.action?.throttle}`,
      tag: m.state, css: m.state, text: plain(m.summary) };
  }
  if (kind === 'decision') {
    const [words, css] = DECISIONS[m.verdict] || [m.verdict, 'faint'];
    return m.verdict === 'renew' ? null
      : { at: m.at, tag: 'decision', css, text: `${words} ${place(m)}: ${plain(m.reason)}`, from: m.policy };
  }
  return kind === 'outcome' ? { at: m.at, same: m.result === 'renewed' && `${m.lease} renewed`,
    tag: 'agent', css: m.refusal ? 'bad' : 'info', text: `${m.result}${m.detail ? `: ${m.detail}` : ''}` } : null;
};

/** The events, newest first; repeated events are merged and counted. */
const events = (messages) => {
  const known = new Map();
  const all = [];
  for (const each of messages.map(event).filter(Boolean)) {
    const earlier = each.same && known.get(each.same);
    if (earlier) {
      earlier.times += 1;
      earlier.last = each.at;
    } else {
      const first = { ...each, times: 1 };
      if (each.same) known.set(each.same, first);
      all.push(first);
    }
  }
  return all.reverse();
};

const Events = ({ of }) => h('div', { class: 'box' },
  h('ol', { class: 'timeline' }, of.slice(0, SHOWN).map((each, i) => h('li', { key: `${each.at} ${i}` },
    h('time', { dateTime: each.at }, time(each.at)), h('span', { class: `tag ${each.css}` }, each.tag),
    h('span', { class: 'what' }, each.text, each.from && h('span', { class: 'faint' }, ` policy ${each.from}`),
      each.times > 1 && h('span', { class: 'faint' }, ` (${count(each.times)} times, last ${time(each.last)})`))))),
  of.length > SHOWN && h('p', { class: 'empty' }, `${count(of.length - SHOWN)} older records not shown; run blkwarden why.`));

/** The alerts and last decisions of a host. */
export const Changes = ({ alerts, decisions }) => {
  const of = events([...alerts.map((a) => ({ ...a, schema: 'blkwarden.alert.v1' })),
    ...decisions.map((d) => ({ ...d, schema: 'blkwarden.decision.v1' }))].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)));
  return of.length > 0 ? h(Events, { of }) : h('p', { class: 'empty' }, 'No changes since this controller started.');
};

/** The audit trail of a domain, an alert or a throttle over the last 24 hours. */
export class Timeline extends Component {
  constructor() {
    super();
    this.state = { all: null, fault: null };
  }

  async componentDidMount() {
    try {
      const answer = await fetch(`/api/v1/why?about=${encodeURIComponent(this.props.about)}&since_s=86400`);
      if (answer.ok) this.setState({ all: events((await answer.json()).messages) });
      else this.setState({ fault: await answer.text() });
    } catch {
      this.setState({ fault: 'no answer from the controller' });
    }
  }

  render(_, { all, fault }) {
    if (fault) return h('p', { class: 'notice' }, `The audit trail is unavailable: ${fault.trim()}`);
    if (!all) return h('p', { class: 'empty' }, 'Loading …');
    if (all.length === 0) return h('p', { class: 'empty' }, 'No records in the last 24 hours.');
    return h(Events, { of: all });
  }
}
