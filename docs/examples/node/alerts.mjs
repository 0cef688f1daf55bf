// Prints blkwarden's alerts, a line each, until it is stopped:
//   npm ci && node alerts.mjs [SUBJECT]
// NATS_URL says where NATS is, and NATS_CREDS names a .creds file or a lone seed, such as the
// viewer.nk that 'blkwarden nats init' wrote.
import { readFileSync } from "node:fs";
import { connect, credsAuthenticator, nkeyAuthenticator, nkeys } from "@nats-io/transport-node";

const subject = process.argv[2] ?? "blkwarden.v1.alert.*.*.*";

function identity(file) {
  if (!file) return {};
  const text = readFileSync(file);
  const seed = /^S[A-Z2-7]{57}$/m.exec(text.toString())?.[0];
  if (text.includes("-----BEGIN")) return { authenticator: credsAuthenticator(text) };
  if (!seed) throw new Error(`${file}: expected a .creds file or a seed`);
  const key = nkeys.fromSeed(Buffer.from(seed));
  // permissions give each user an inbox of its own
  return { authenticator: nkeyAuthenticator(Buffer.from(seed)), inboxPrefix: `_INBOX.${key.getPublicKey()}` };
}

// Guests choose their names: nothing of them may move the cursor or turn the line around.
const safe = (text) =>
  String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

const nc = await connect({
  servers: process.env.NATS_URL ?? "nats://127.0.0.1:4222",
  name: "blkwarden example",
  maxReconnectAttempts: -1,
  ...identity(process.env.NATS_CREDS),
});
process.once("SIGINT", () => nc.drain());
process.once("SIGTERM", () => nc.drain());

const alerts = nc.subscribe(subject);
await nc.flush(); // heard from here on
console.error(`listening to ${subject} at ${nc.getServer()}`);

for await (const message of alerts) {
  let alert;
  try {
    alert = message.json();
  } catch {
    console.error(`${safe(message.subject)}: no JSON`);
    continue;
  }
  if (!alert.schema?.startsWith("blkwarden.alert.v1")) continue; // of a later version
  console.log([alert.at, alert.state, alert.severity, alert.host, alert.summary].map(safe).join(" "));
}
