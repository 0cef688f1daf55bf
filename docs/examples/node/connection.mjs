// What the examples share. NATS_URL says where NATS is, and NATS_CREDS names a .creds file or a lone
// seed, such as those that 'blkwarden nats init' wrote.
import { readFileSync } from "node:fs";
import { connect, credsAuthenticator, nkeyAuthenticator, nkeys } from "@nats-io/transport-node";

const seedIn = (text) => /^S[A-Z2-7]{57}$/m.exec(text.toString())?.[0];

function identity(file) {
  if (!file) return {};
  const text = readFileSync(file);
  const seed = seedIn(text);
  if (text.includes("-----BEGIN")) return { authenticator: credsAuthenticator(text) };
  if (!seed) throw new Error(`${file}: expected a .creds file or a seed`);
  const key = nkeys.fromSeed(Buffer.from(seed));
  // permissions give each user an inbox of its own
  return { authenticator: nkeyAuthenticator(Buffer.from(seed)), inboxPrefix: `_INBOX.${key.getPublicKey()}` };
}

// The public key of the user, which ends the subjects of its requests; none without credentials.
export function publicKey(file = process.env.NATS_CREDS) {
  return file ? nkeys.fromSeed(Buffer.from(seedIn(readFileSync(file)))).getPublicKey() : undefined;
}

export const connected = () =>
  connect({
    servers: process.env.NATS_URL ?? "nats://127.0.0.1:4222",
    name: "blkwarden example",
    maxReconnectAttempts: -1,
    ...identity(process.env.NATS_CREDS),
  });

// Others choose what is printed, guests their names: nothing may move the cursor or turn the line around.
export const safe = (text) =>
  String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
