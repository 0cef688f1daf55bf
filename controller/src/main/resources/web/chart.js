// A time series chart (uPlot). Unknown values are gaps.
import { Component, h } from '/assets/preact.js';
import uPlot from '/assets/uplot.js';
import { join, leave, reset, shown, zoomTo } from '/assets/range.js';
import { isKnown } from '/assets/text.js';

const HEIGHT = 160;
const NEAR_PX = 6;
const LINES = ['--accent', '--line-2', '--warn', '--good'];
const clock = (seconds, step) => new Date(seconds * 1000)
  .toLocaleTimeString('en-GB', step < 60 ? {} : { hour: '2-digit', minute: '2-digit' });
const steps = (least) => Array.from({ length: 36 }, (_, i) => least * [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));
const distinct = (labels) => labels.map((label, i) => (label === labels[i - 1] ? '' : label));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * title; times: s since 1970; lines: [{ name, values }]; write: number => text; level: threshold;
 * marks: [{ at, text, colour }]; own: shows all its times, independent of the page's range.
 */
export class Chart extends Component {
  componentDidMount() {
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.redraw = () => this.draw();
    this.dark.addEventListener('change', this.redraw);
    this.sizes = new ResizeObserver(() => this.plot && this.plot.setSize(this.size()));
    this.sizes.observe(this.base);
    join(this);
    this.draw();
  }

  componentDidUpdate() {
    if (this.plot && this.drawn === this.key()) this.refresh();
    else this.draw();
  }

  componentWillUnmount() {
    this.dark.removeEventListener('change', this.redraw);
    this.sizes.disconnect();
    leave(this);
    if (this.plot) this.plot.destroy();
  }

  /** Shows the newest values and keeps the zoom. */
  refresh() {
    if (!this.plot) return;
    this.plot.setData(this.data());
    this.say(this.plot);
  }

  key() {
    return JSON.stringify([this.empty(), this.props.lines.map((line) => line.name), this.props.level]);
  }

  empty() {
    return !this.props.lines.some((line) => line.values.some(isKnown));
  }

  size() {
    return { width: Math.max(200, this.base.clientWidth - 18), height: HEIGHT };
  }

  data() {
    return [this.props.times, ...this.props.lines.map((line) => line.values)];
  }

  /** Shows the values under the pointer with time and marks, or the last values. */
  say(u) {
    const at = this.base.querySelector('.at');
    const values = (i) => u.data.slice(1).map((line) => this.props.write(line[i] ?? null));
    const i = u.cursor.idx;
    if (!isKnown(i)) {
      at.textContent = this.props.lines.map(({ values: v }) => this.props.write(v.findLast(isKnown) ?? null)).join('  ');
      return;
    }
    const near = (this.props.marks || [])
      .filter((mark) => Math.abs(u.valToPos(mark.at, 'x') - u.cursor.left) <= NEAR_PX).map((mark) => mark.text);
    at.textContent = [clock(u.data[0][i], 1), ...values(i), ...near.slice(0, 2)].join('  ');
  }

  draw() {
    if (this.plot) this.plot.destroy();
    this.plot = null;
    this.drawn = this.key();
    if (this.empty()) return;
    const { lines, level, own } = this.props;
    const write = (value) => this.props.write(value);
    const step = this.props.write.step || 0.1;
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line') } };
    this.plot = new uPlot({
      ...this.size(),
      legend: { show: false },
      padding: [8, 28, 0, 0],
      cursor: { y: false, sync: own ? undefined : { key: 'page' }, drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => { reset(); return null; } } },
      scales: {
        x: { range: (u, low, high) => (own ? [low, high] : shown(u.data[0], u.data.slice(1))) },
        y: { range: (_, low, high) => [0, Math.max(high || 0, level || 0, 5 * step) * 1.1] },
      },
      axes: [
        { ...axis, size: 32, space: 70, values: (_, ticks, __, ___, by) => distinct(ticks.map((t) => clock(t, by))) },
        { ...axis, size: 62, space: 26, incrs: steps(step), values: (_, ticks) => distinct(ticks.map((v) => write(v).replace(/,000$/, 'k'))) }],
      series: [{}, ...lines.map((line, i) => ({ label: line.name, width: 1.5, stroke: colour(LINES[i % 4]),
        fill: lines.length === 1 ? colour('--bar') : undefined }))],
      hooks: {
        setCursor: [(u) => this.say(u)],
        setSelect: [(u) => this.zoom(u)],
        draw: [(u) => this.overlay(u)],
      },
    }, this.data(), this.base.querySelector('div'));
    this.say(this.plot);
  }

  zoom(u) {
    const { left, width } = u.select;
    if (width <= 0) return;
    const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (!this.props.own) zoomTo(from, to);
  }

  /** The threshold and the marks. */
  overlay(u) {
    const { left, top, width, height } = u.bbox;
    const across = (from, to, style) => {
      u.ctx.save();
      u.ctx.strokeStyle = colour(style);
      u.ctx.lineWidth = devicePixelRatio;
      u.ctx.setLineDash([6, 4]);
      u.ctx.beginPath();
      u.ctx.moveTo(...from);
      u.ctx.lineTo(...to);
      u.ctx.stroke();
      u.ctx.restore();
    };
    const { level, marks = [] } = this.props;
    if (level !== undefined) {
      const y = u.valToPos(level, 'y', true);
      across([left, y], [left + width, y], '--warn');
    }
    for (const mark of marks) {
      const x = u.valToPos(mark.at, 'x', true);
      if (x >= left && x <= left + width) across([x, top], [x, top + height], mark.colour);
    }
  }

  render({ title, lines, write }) {
    const last = (line) => write(line.values.findLast(isKnown) ?? null);
    const empty = this.empty();
    return h('figure', { class: `chart ${empty ? 'none' : ''}`, role: 'img',
      'aria-label': `${title}: ${lines.map((l) => `${l.name} ${last(l)}`).join(', ')}` },
    h('figcaption', null, h('span', null, title), empty && h('span', null, 'no data yet'), h('b', { class: 'at' })),
    h('div', null));
  }
}

/** The times of a chart from the controller, in s since 1970. */
export const times = (chart, points) =>
  Array.from({ length: points }, (_, i) => (chart.end_ms - (points - 1 - i) * chart.step_ms) / 1000);

/** Marks of alerts and of decisions to throttle, of a host or of the fleet. */
export const marksOf = ({ alerts, decisions }, host) => [
  ...(alerts || []).filter((a) => !host || a.host === host)
    .map((a) => ({ at: Date.parse(a.since) / 1000, text: `alert ${a.policy}`, colour: '--bad' })),
  ...((decisions || {}).last || []).filter((d) => d.verdict === 'act' && (!host || d.host === host))
    .map((d) => ({ at: Date.parse(d.at) / 1000, text: `throttle ${d.domain?.name ?? ''} ${d.vdev ?? ''}`, colour: '--good' })),
];
