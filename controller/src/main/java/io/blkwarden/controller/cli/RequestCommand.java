package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that sends one request to the controller and prints the reply. */
abstract class RequestCommand extends JsonCommand {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Mixin NatsOptions nats = new NatsOptions();

  /** The reason for the audit trail. */
  String reason = "by hand";

  /**
   * The request that the arguments describe.
   *
   * @throws IllegalArgumentException if they are invalid
   */
  abstract OperatorRequest.Ask ask();

  /** The request with what must be looked up first. */
  OperatorRequest.Ask complete(OperatorRequest.Ask ask, OperatorSession session)
      throws NatsException {
    return ask;
  }

  /**
   * The output of {@code --json}; null for an error of a request that does not print its reply: a
   * successful one prints the silence, acknowledgement or pause in force, or {@code
   * blkwarden.ended.v1}.
   */
  private static @Nullable String json(OperatorRequest.Ask ask, OperatorReply reply) {
    if (!(ask instanceof OperatorRequest.Lasting lasting)) {
      return AsciiJson.line(reply);
    }
    if (reply.verdict() != OperatorReply.Verdict.DONE) {
      return null;
    }
    return switch (lasting) {
      case OperatorRequest.SilenceExpire(MessageId silence) -> ended("silence", silence);
      case OperatorRequest.AckUndo(MessageId about) -> ended("ack", about);
      case OperatorRequest.PauseEnd _ -> ended("pause", null);
      case OperatorRequest.SilenceAdd _, OperatorRequest.AckAdd _, OperatorRequest.PauseSet _ ->
          reply.inForce() == null ? null : AsciiJson.line(reply.inForce());
    };
  }

  private static String ended(String what, @Nullable MessageId id) {
    return AsciiJson.text(
        AsciiJson.document("blkwarden.ended.v1")
            .put("what", what)
            .put("id", id == null ? null : id.value()));
  }

  /** Prints a successful reply as text. */
  void print(OperatorReply reply, PrintWriter out) {
    out.println(Printable.of(reply.detail()));
  }

  @Override
  public final Integer call() throws NatsException {
    OperatorRequest.Ask ask = UsageException.wrap(this::ask);
    OperatorReply reply;
    try (OperatorSession session = nats.connect()) {
      reply =
          session.ask(new OperatorRequest(context.user(), reason, complete(ask, session)), TIMEOUT);
    }
    int code =
        switch (reply.verdict()) {
          case DONE -> ExitCodes.DONE;
          case FAILED -> ExitCodes.FAILED;
          case REFUSED -> ExitCodes.REFUSED;
        };
    String document = json ? json(ask, reply) : null;
    if (document != null) {
      context.out().println(document);
    } else if (code == ExitCodes.DONE) {
      print(reply, context.out());
    } else {
      return context.error(new Complaint(reply.verdict().wire() + ": " + reply.detail()), code);
    }
    return code;
  }

  /** Parses an ID argument; lower case is accepted. */
  static MessageId id(String text) {
    return new MessageId(text.toUpperCase(Locale.ROOT));
  }

  /** A request with an optional reason. */
  abstract static class WithOptionalReason extends RequestCommand {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        defaultValue = "by hand",
        description = "Reason, for the audit trail. Default: ${DEFAULT-VALUE}.")
    void reason(String text) {
      reason = text;
    }
  }

  /** A request with a required reason. */
  abstract static class WithReason extends RequestCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Reason, for the audit trail.")
    void reason(String text) {
      reason = text;
    }
  }
}
