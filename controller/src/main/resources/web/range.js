// The time range of all charts of a page: the last minutes, or a zoom.
import { h } from '/assets/preact.js';
import { live } from '/assets/live.js';

const MIN_S = 10;
const MINUTES = [1, 5, 15];

/** from and to in s since 1970, or null to follow the newest value. */
const chosen = { minutes: 15, zoom: null };
const charts = new Set();

export const join = (chart) => charts.add(chart);
export const leave = (chart) => charts.delete(chart);

const refresh = () => charts.forEach((chart) => chart.refresh());

export const zoomTo = (from, to) => {
  chosen.zoom = to - from >= 5 ? [from, to] : chosen.zoom;
  refresh();
};

export const reset = () => {
  chosen.zoom = null;
  refresh();
};

/** The time range to show for these values; starts at the first known value. */
export const shown = (times, lines) => {
  if (chosen.zoom) return chosen.zoom;
  const end = times.at(-1);
  const first = times.find((_, i) => lines.some((line) => line[i] !== null && line[i] !== undefined)) ?? end;
  return [Math.max(end - chosen.minutes * 60, Math.min(first, end - MIN_S)), end];
};

const pick = (minutes) => {
  chosen.minutes = minutes;
  reset();
};

/** A title with the range buttons. */
export const Range = ({ children }) => h('div', { class: 'row range', role: 'group', 'aria-label': 'Time range' }, children,
  MINUTES.map((minutes) => h('button', { type: 'button', class: 'pick',
    'aria-pressed': !chosen.zoom && chosen.minutes === minutes, onClick: () => pick(minutes) }, `${minutes} min`)),
  chosen.zoom && h('button', { type: 'button', class: 'pick', onClick: reset }, 'Reset zoom'),
  live.state?.grafana && h('a', { href: live.state.grafana, target: '_blank', rel: 'noreferrer' }, 'Older data in Grafana'),
  h('span', { class: 'faint wide' }, 'Drag on a chart to zoom.'));
