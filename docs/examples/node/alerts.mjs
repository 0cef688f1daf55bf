// Prints blkwarden's alerts, one per line, until it is stopped. connection.mjs reads the credentials.
//   npm ci && node alerts.mjs [SUBJECT]
import { connected, safe } from "./connection.mjs";

const subject = process.argv[2] ?? "blkwarden.v1.alert.*.*.*";
const nc = await connected();
process.once("SIGINT", () => nc.drain());
process.once("SIGTERM", () => nc.drain());

const alerts = nc.subscribe(subject);
await nc.flush(); // the subscription is active now
console.error(`listening to ${subject} at ${nc.getServer()}`);

for await (const message of alerts) {
  let alert;
  try {
    alert = message.json();
  } catch {
    console.error(`${safe(message.subject)}: no JSON`);
    continue;
  }
  if (!alert.schema?.startsWith("blkwarden.alert.v1")) continue; // a later version
  console.log([alert.at, alert.state, alert.severity, alert.host, alert.summary].map(safe).join(" "));
}
