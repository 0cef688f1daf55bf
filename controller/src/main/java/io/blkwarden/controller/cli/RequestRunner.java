package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Sends a request to the controller and prints its answer. */
final class RequestRunner {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private RequestRunner() {}

  /**
   * Asks, and prints the answer.
   *
   * @param json whether as the controller sent it, whatever it says
   */
  static int ask(
      CommandContext context,
      NatsOptions nats,
      String reason,
      OperatorRequest.Ask ask,
      boolean json)
      throws NatsException {
    OperatorReply reply = request(context, nats, reason, ask);
    if (json) {
      context.out().println(AsciiJson.line(reply));
      return code(reply);
    }
    return tell(context, reply);
  }

  /**
   * Asks for a silence, an acknowledgement or a pause, and prints what is in force then: the
   * message to programs, a sentence to people.
   */
  static int set(
      CommandContext context,
      NatsOptions nats,
      String reason,
      OperatorRequest.Lasting ask,
      JsonOutput asJson)
      throws NatsException {
    OperatorReply reply = request(context, nats, reason, ask);
    ControlMessage inForce = reply.inForce();
    if (reply.verdict() == OperatorReply.Verdict.DONE && asJson.json && inForce != null) {
      context.out().println(AsciiJson.line(inForce));
      return ExitCodes.DONE;
    }
    return tell(context, reply);
  }

  /**
   * Asks to end a silence, an acknowledgement or the pause, and prints what ended: {@code
   * blkwarden.ended.v1} to programs, a sentence to people.
   *
   * @param what a silence, an ack or a pause
   * @param id of what is ended; absent for a pause
   */
  static int end(
      CommandContext context,
      NatsOptions nats,
      OperatorRequest.Lasting ask,
      JsonOutput asJson,
      String what,
      @Nullable MessageId id)
      throws NatsException {
    OperatorReply reply = request(context, nats, "by hand", ask);
    if (reply.verdict() == OperatorReply.Verdict.DONE && asJson.json) {
      ObjectNode object = AsciiJson.MAPPER.createObjectNode();
      object.put("schema", "blkwarden.ended.v1").put("what", what);
      object.put("id", id == null ? null : id.value());
      context.out().println(AsciiJson.MAPPER.writeValueAsString(object));
      return ExitCodes.DONE;
    }
    return tell(context, reply);
  }

  /** Asks, and returns what the controller says. */
  static OperatorReply request(
      CommandContext context, NatsOptions nats, String reason, OperatorRequest.Ask ask)
      throws NatsException {
    OperatorRequest request =
        UsageException.unless(() -> new OperatorRequest(who(context), reason, ask));
    return with(context, nats, session -> session.ask(request, TIMEOUT));
  }

  /** What a command does with a connection. */
  interface Act<T> {
    T on(OperatorSession session) throws NatsException;
  }

  /** Connects as the options say, and closes the connection afterwards. */
  static <T> T with(CommandContext context, NatsOptions nats, Act<T> act) throws NatsException {
    try (OperatorSession session =
        OperatorSession.open(nats.settings(context, "cli"), new SecureRandom())) {
      return act.on(session);
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
  static int tell(CommandContext context, OperatorReply reply) {
    int code = code(reply);
    if (code == ExitCodes.DONE) {
      context.out().println(Printable.of(reply.detail()));
      return code;
    }
    return context.complain(new Complaint(reply.verdict().wire() + ": " + reply.detail()), code);
  }

  static String who(CommandContext context) {
    String sudo = context.environment().get("SUDO_USER");
    String user = sudo == null || sudo.isEmpty() ? System.getProperty("user.name") : sudo;
    return user == null || user.isEmpty() ? "unknown" : user;
  }
}
