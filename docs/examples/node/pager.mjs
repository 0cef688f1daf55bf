// A pager that misses no alert and notifies none twice, also when it is killed and restarted:
//   npm ci && node pager.mjs JOURNAL
//
// It requests stored alerts after its cursor from a controller, in order. A live alert only triggers the next request.
// The journal has one line for each alert with the cursor; here the line is also the notification. A real pager calls
// its service before it appends the line, with the record's id as deduplication key, because a kill between the two
// repeats the call.
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { connected, publicKey, safe } from "./connection.mjs";

const journal = process.argv[2] ?? "pager.jsonl";
const prefix = process.env.BLKWARDEN_PREFIX ?? "blkwarden.v1";
const POLL_MS = 5000; // also without a live alert: one may be lost while disconnected

// The first line has the time of the first start, the last complete one the cursor. An incomplete last line is dropped.
function resume() {
  const bytes = existsSync(journal) ? readFileSync(journal) : Buffer.alloc(0);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(journal, end);
  if (end === 0) {
    const since = process.env.PAGER_SINCE ?? new Date().toISOString();
    appendFileSync(journal, JSON.stringify({ since }) + "\n");
    return { since };
  }
  const lines = bytes.subarray(0, end).toString().trimEnd().split("\n");
  return { since: JSON.parse(lines[0]).since, cursor: JSON.parse(lines.at(-1)).cursor };
}

function notify(record) {
  const { at, state, severity, host, summary } = record.message;
  const line = { cursor: record.cursor, id: record.id, at, state, severity, host, summary };
  appendFileSync(journal, JSON.stringify(line) + "\n"); // one write: complete, or not there
  console.log([at, state, severity, host, summary].map(safe).join(" "));
}

const nc = await connected();
const key = publicKey();
const subject = `${prefix}.replay.alert` + (key ? `.${key}` : "");
const { since, cursor: last } = resume();
let cursor = last;

// Reads all available pages.
async function read() {
  for (;;) {
    const request = { schema: "blkwarden.replay-request.v1", ...(cursor ? { cursor } : { since }) };
    const answer = await nc.request(subject, JSON.stringify(request), { timeout: 20_000 });
    const page = answer.json();
    if (page.verdict === "refused" && cursor && page.detail.startsWith("cursor ")) {
      console.error(`${safe(page.detail)}; starting at ${since}`); // the stream was lost and created again
      cursor = undefined;
      continue;
    }
    if (page.verdict !== "done") throw new Error(page.detail);
    if (page.gap) console.error("alerts were deleted before they were read: the pager was down for too long");
    for (const record of page.records) {
      if (record.message?.schema === "blkwarden.alert.v1") notify(record);
      else console.error(`${safe(record.cursor)}: ${safe(record.problem ?? "not an alert of this version")}`);
      cursor = record.cursor;
    }
    cursor = page.cursor ?? cursor;
    if (!page.more) return;
  }
}

let wake = () => {};
const sign = () => new Promise((resolve) => ((wake = resolve), setTimeout(resolve, POLL_MS)));
nc.subscribe(`${prefix}.alert.*.*.*`, { callback: () => setTimeout(() => wake(), 100) }); // by then it is stored
await nc.flush();
console.error(`reading ${subject} at ${nc.getServer()}${cursor ? ` behind ${cursor}` : ` since ${since}`}`);

for (;;) {
  const next = sign(); // before reading: alerts that arrive meanwhile count
  try {
    await read();
  } catch (error) {
    console.error(`no alerts for now: ${safe(error.message)}`); // no controller answers: request again
  }
  await next;
}
