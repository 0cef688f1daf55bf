// Finds blkwarden's controllers by NATS service discovery, and prints instance, version, start time and prefix of
// each. Needs an operator's seed; connection.mjs reads it.
//   npm ci && node controllers.mjs
import { Svcm } from "@nats-io/services";
import { connected, safe } from "./connection.mjs";

const SERVICE = "blkwarden-controller";
const nc = await connected();
const look = new Svcm(nc).client({ strategy: "stall", maxWait: 5000 });
try {
  for await (const { id, version } of await look.ping(SERVICE)) {
    for await (const info of await look.info(SERVICE, id)) {
      for await (const { started } of await look.stats(SERVICE, id)) {
        console.log([info.metadata.instance, version, started, info.metadata.prefix].map(safe).join(" "));
      }
    }
  }
} catch (error) {
  console.error(`no controller at ${nc.getServer()}: ${safe(error.message)}`);
  process.exitCode = 1;
} finally {
  await nc.close();
}
