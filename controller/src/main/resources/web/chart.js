// A time series chart (uPlot). Unknown values are gaps.
import { Component, h } from '/assets/preact.js';
import uPlot from '/assets/uplot.js';

const HEIGHT = 170;
const LINES = ['--accent', '--bad', '--warn', '--good'];
const clock = (seconds, step) => new Date(seconds * 1000)
  .toLocaleTimeString('en-GB', step < 60 ? {} : { hour: '2-digit', minute: '2-digit' });
const steps = (least) => Array.from({ length: 36 }, (_, i) => least * [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));
const distinct = (labels) => labels.map((label, i) => (label === labels[i - 1] ? '' : label));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** title; times: s since 1970; lines: [{ name, values }]; write: number => text; level: threshold; mark: a time. */
export class Chart extends Component {
  componentDidMount() {
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.redraw = () => this.draw();
    this.dark.addEventListener('change', this.redraw);
    this.sizes = new ResizeObserver(() => this.plot && this.plot.setSize(this.size()));
    this.sizes.observe(this.base);
    this.draw();
  }

  componentDidUpdate() {
    if (this.plot && this.names === this.key()) this.plot.setData(this.data());
    else this.draw();
  }

  componentWillUnmount() {
    this.dark.removeEventListener('change', this.redraw);
    this.sizes.disconnect();
    if (this.plot) this.plot.destroy();
  }

  key() {
    return JSON.stringify([this.empty(), this.props.lines.map((line) => line.name), this.props.level, this.props.mark]);
  }

  empty() {
    return this.props.lines.every((line) => line.values.every((value) => value === null || value === undefined));
  }

  size() {
    return { width: Math.max(200, this.base.clientWidth - 18), height: HEIGHT };
  }

  data() {
    return [this.props.times, ...this.props.lines.map((line) => line.values)];
  }

  draw() {
    if (this.plot) this.plot.destroy();
    this.plot = null;
    this.names = this.key();
    if (this.empty()) return;
    const { lines, level, mark } = this.props;
    const write = (value) => this.props.write(value);
    const step = this.props.write.step || 0.1;
    const hovered = this.base.querySelector('.at');
    const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line') } };
    const across = (u, from, to, style) => {
      u.ctx.save();
      u.ctx.strokeStyle = colour(style);
      u.ctx.setLineDash([6, 4]);
      u.ctx.beginPath();
      u.ctx.moveTo(...from);
      u.ctx.lineTo(...to);
      u.ctx.stroke();
      u.ctx.restore();
    };
    this.plot = new uPlot({
      ...this.size(),
      legend: { show: false },
      cursor: { y: false },
      scales: { y: { range: (_, low, high) => [0, Math.max(high || 0, level || 0, 5 * step) * 1.1] } },
      axes: [
        { ...axis, space: 70, values: (_, ticks, __, ___, by) => distinct(ticks.map((t) => clock(t, by))) },
        { ...axis, size: 62, incrs: steps(step), values: (_, ticks) => distinct(ticks.map(write)) }],
      series: [{}, ...lines.map((line, i) => ({ label: line.name, width: 1.5, stroke: colour(LINES[i % 4]) }))],
      hooks: { setCursor: [(u) => {
        const i = u.cursor.idx;
        hovered.textContent = i === null || i === undefined ? ''
          : [clock(u.data[0][i], 1), ...u.data.slice(1).map((values) => write(values[i] ?? null))].join('  ');
      }], draw: [(u) => {
        const { left, top, width, height } = u.bbox;
        if (level !== undefined) {
          const y = u.valToPos(level, 'y', true);
          across(u, [left, y], [left + width, y], '--warn');
        }
        if (mark !== undefined) {
          const x = u.valToPos(mark, 'x', true);
          if (x >= left && x <= left + width) across(u, [x, top], [x, top + height], '--good');
        }
      }] },
    }, this.data(), this.base.querySelector('div'));
  }

  render({ title, lines, write }) {
    const last = (line) => write(line.values.findLast((v) => v !== null) ?? null);
    return h('figure', { class: 'chart', role: 'img', 'aria-label': `${title}: ${lines.map((l) => `${l.name} ${last(l)}`).join(', ')}` },
      h('figcaption', null, h('span', null, title), h('b', { class: 'at' })),
      h('div', null), this.empty() && h('p', { class: 'empty' }, 'No data yet.'));
  }
}

/** The times of a chart that the controller sent, in s since 1970. */
export const times = (chart, points) =>
  Array.from({ length: points }, (_, i) => (chart.end_ms - (points - 1 - i) * chart.step_ms) / 1000);
