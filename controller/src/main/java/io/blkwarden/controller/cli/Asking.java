package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
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

  /**
   * Asks, and prints the answer.
   *
   * @param json whether as the controller sent it, whatever it says
   */
  static int ask(
      Shell shell, NatsOptions nats, String reason, OperatorRequest.Ask ask, boolean json)
      throws BusException {
    OperatorReply reply = request(shell, nats, reason, ask);
    if (json) {
      shell.out().println(AsciiJson.line(reply));
      return code(reply);
    }
    return tell(shell, reply);
  }

  /** Asks, and returns what the controller says. */
  static OperatorReply request(
      Shell shell, NatsOptions nats, String reason, OperatorRequest.Ask ask) throws BusException {
    OperatorRequest request = Misuse.unless(() -> new OperatorRequest(who(shell), reason, ask));
    try (OperatorSession session =
        OperatorSession.open(nats.settings(shell, "cli"), new SecureRandom())) {
      return session.ask(request, TIMEOUT);
    }
  }

  /** What a command ends with that was answered so. */
  static int code(OperatorReply reply) {
    return switch (reply.verdict()) {
      case DONE -> ExitCodes.DONE;
      case FAILED -> ExitCodes.FAILED;
      case REFUSED -> ExitCodes.REFUSED;
    };
  }

  /** Prints an answer in a sentence; returns the exit code. */
  static int tell(Shell shell, OperatorReply reply) {
    int code = code(reply);
    if (code == ExitCodes.DONE) {
      shell.out().println(Printable.of(reply.detail()));
      return code;
    }
    return shell.complain(new Complaint(reply.verdict().wire() + ": " + reply.detail()), code);
  }

  static String who(Shell shell) {
    String sudo = shell.environment().get("SUDO_USER");
    String user = sudo == null || sudo.isEmpty() ? System.getProperty("user.name") : sudo;
    return user == null || user.isEmpty() ? "unknown" : user;
  }
}
