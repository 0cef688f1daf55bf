// Formats numbers and times. Unknown values are "-", never 0.

export const UNKNOWN = '-';

const known = (value, write) => (value === null || value === undefined ? UNKNOWN : write(value));

export const count = (value) => known(value, (v) => Math.round(v).toLocaleString('en'));
export const percent = (value) => known(value, (v) => `${Math.round(v * 100)}%`);
export const millis = (value) => known(value, (v) => `${v > 0 && v < 10 ? v.toFixed(1) : Math.round(v)} ms`);

export const bytes = (value) =>
  known(value, (v) => {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let rest = v;
    let unit = 0;
    while (rest >= 1000 && unit < units.length - 1) {
      rest /= 1000;
      unit += 1;
    }
    return `${rest < 10 && unit > 0 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}/s`;
  });

export const time = (text) => known(text, (t) => new Date(t).toLocaleTimeString('en-GB'));

export const span = (ms) => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) {
    return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
  }
  return minutes > 0 ? `${minutes}m${String(seconds % 60).padStart(2, '0')}s` : `${seconds}s`;
};

// The smallest difference that a label can show.
count.step = 1;
percent.step = 0.01;

/** A value of a policy metric, with the unit that its name implies. */
export const metric = (name, value) => {
  if (/bytes_per_s$/.test(name)) return bytes(value);
  if (/_ms$/.test(name)) return millis(value);
  if (/(util|share|io_some|io_full)$/.test(name)) return percent(value);
  return known(value, (v) => (v < 10 ? String(Math.round(v * 100) / 100) : count(v)));
};
