// Formats numbers and times. Unknown values are "-", never 0.

export const UNKNOWN = '-';

export const isKnown = (value) => value !== null && value !== undefined;
const known = (value, write) => (isKnown(value) ? write(value) : UNKNOWN);

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

/** The time of day, with the date unless it is today. */
export const time = (text) => known(text, (t) => {
  const date = new Date(t);
  const clock = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString()
    ? clock : `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${clock}`;
});

export const span = (ms) => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const two = (n) => String(n).padStart(2, '0');
  if (hours >= 48) return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
  if (hours > 0) return `${hours}h${two(minutes % 60)}m`;
  return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`;
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

/** A reason without the approve command, for which the page has a button. */
export const plain = (reason) => reason.replace(/: blkwarden approve [0-9A-Z]{26}/g, '');

/** A count with its noun: "1 disk", "2 disks". */
export const plural = (n, thing) => `${count(n)} ${thing}${n === 1 ? '' : 's'}`;
