// The connection to NATS. NATS_URL is the server, NATS_CREDS a .creds file or a file with a seed, such as those
// of 'blkwarden nats init'.
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

// The user's public key, the last token of the subjects of its requests; none without credentials.
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

// Escapes non-printable characters: guests choose their names.
export const safe = (text) =>
  String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
