package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.controller.bus.SaidBucket;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.ControlMessage;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

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

  /** Prints what was written down: the message to programs, a sentence to people. */
  static int said(Shell shell, AsJson asJson, ControlMessage message, String sentence) {
    shell.out().println(asJson.json ? AsciiJson.line(message) : sentence);
    return ExitCodes.DONE;
  }

  /**
   * Prints what was ended: {@code blkwarden.ended.v1} to programs, a sentence to people.
   *
   * @param what a silence, an ack or a pause
   * @param id of what was ended; absent for a pause
   */
  static int ended(
      Shell shell, AsJson asJson, String what, @Nullable MessageId id, String sentence) {
    ObjectNode object = AsciiJson.MAPPER.createObjectNode();
    object.put("schema", "blkwarden.ended.v1").put("what", what);
    object.put("id", id == null ? null : id.value());
    shell.out().println(asJson.json ? AsciiJson.MAPPER.writeValueAsString(object) : sentence);
    return ExitCodes.DONE;
  }
}
