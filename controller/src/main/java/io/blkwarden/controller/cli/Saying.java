package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.controller.bus.SaidBucket;
import java.security.SecureRandom;

/** Writes down in NATS what a person says, for whichever controller commands. */
final class Saying {
  private Saying() {}

  /** What is done with the bucket. */
  interface Act {
    int on(SaidBucket bucket) throws BusException;
  }

  static int act(Shell shell, NatsOptions nats, Act act) throws BusException {
    try (OperatorSession session =
        OperatorSession.open(nats.settings(shell, "cli"), new SecureRandom())) {
      return act.on(session.said());
    }
  }

  /** Prints what was done, or that there was nothing to do it to. */
  static int told(Shell shell, boolean done, String what, String whyNot) {
    if (done) {
      shell.out().println(what);
      return ExitCodes.DONE;
    }
    shell.err().println("blkwarden: failed: " + whyNot);
    return ExitCodes.FAILED;
  }
}
