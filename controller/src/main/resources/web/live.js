// The controller's state, followed over one event stream. Each topic keeps its latest value.

const TOPICS = ['state', 'fleet', 'chart', 'acts', 'alerts', 'decisions', 'policies', 'host'];
const QUIET_MS = 6000;

export const live = { link: 'connecting', heard: 0, skew: 0 };

let source = null;
let watched = null;
let changed = () => {};

const heard = () => {
  live.link = 'live';
  live.heard = Date.now();
};

const open = () => {
  if (source) source.close();
  const query = watched === null ? '' : `?host=${encodeURIComponent(watched)}`;
  const mine = new EventSource(`/api/v1/events${query}`);
  source = mine;
  for (const topic of TOPICS) {
    mine.addEventListener(topic, (event) => {
      if (mine !== source) return;
      heard();
      live[topic] = JSON.parse(event.data);
      if (topic === 'fleet') live.skew = Date.parse(live.fleet.at) - Date.now();
      changed();
    });
  }
  mine.addEventListener('beat', heard);
  mine.addEventListener('error', () => {
    if (mine !== source) return;
    live.link = 'lost';
    changed();
    // The browser reconnects, unless the response is not an event stream (an error page of a proxy).
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === source && open(), 2000);
  });
};

/** Follows the fleet, and the host if given; calls back after each change. */
export const follow = (host, callback) => {
  changed = callback;
  if (source === null || host !== watched) {
    watched = host;
    delete live.host;
    open();
  }
};

/** The controller's clock, in ms since 1970. */
export const now = () => Date.now() + live.skew;

export const stale = () => live.link === 'live' && Date.now() - live.heard > QUIET_MS;
