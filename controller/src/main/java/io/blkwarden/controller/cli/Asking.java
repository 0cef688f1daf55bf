package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.security.SecureRandom;
import java.time.Duration;

/** Asks the controller and prints what it says. */
final class Asking {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private Asking() {}

  static int ask(Shell shell, NatsOptions nats, String reason, OperatorRequest.Ask ask)
      throws BusException {
    return tell(shell, request(shell, nats, reason, ask));
  }

  /** Asks, and returns what the controller says. */
  static OperatorReply request(
      Shell shell, NatsOptions nats, String reason, OperatorRequest.Ask ask) throws BusException {
    try (OperatorSession session =
        OperatorSession.open(nats.settings(shell, "cli"), new SecureRandom())) {
      return session.ask(new OperatorRequest(who(shell), reason, ask), TIMEOUT);
    }
  }

  /** Prints an answer; returns the exit code. */
  static int tell(Shell shell, OperatorReply reply) {
    String detail = Printable.of(reply.detail());
    return switch (reply.verdict()) {
      case DONE -> {
        shell.out().println(detail);
        yield ExitCodes.DONE;
      }
      case FAILED -> {
        shell.err().println("blkwarden: failed: " + detail);
        yield ExitCodes.FAILED;
      }
      case REFUSED -> {
        shell.err().println("blkwarden: refused: " + detail);
        yield ExitCodes.REFUSED;
      }
    };
  }

  static String who(Shell shell) {
    String sudo = shell.environment().get("SUDO_USER");
    String user = sudo == null || sudo.isEmpty() ? System.getProperty("user.name") : sudo;
    return user == null || user.isEmpty() ? "unknown" : user;
  }
}
