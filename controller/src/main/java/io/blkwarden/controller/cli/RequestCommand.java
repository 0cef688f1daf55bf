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
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** A command that sends one request to the controller and prints the reply. */
abstract class RequestCommand implements Callable<Integer> {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  private @Nullable CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput output = new JsonOutput();

  /** Sets the context; called once, before all others. */
  final void use(CommandContext its) {
    context = its;
  }

  final CommandContext context() {
    return Objects.requireNonNull(context);
  }

  /**
   * The request that the arguments describe.
   *
   * @throws IllegalArgumentException if they are invalid
   */
  abstract OperatorRequest request();

  /** The request with what must be looked up first. */
  OperatorRequest complete(OperatorRequest request, OperatorSession session) throws NatsException {
    return request;
  }

  /** A request of the current user. */
  OperatorRequest request(String reason, OperatorRequest.Ask ask) {
    return new OperatorRequest(context().user(), reason, ask);
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
    ObjectNode object = AsciiJson.MAPPER.createObjectNode();
    object.put("schema", "blkwarden.ended.v1").put("what", what);
    object.put("id", id == null ? null : id.value());
    return AsciiJson.MAPPER.writeValueAsString(object);
  }

  /** Prints a successful reply as text. */
  void print(OperatorReply reply, PrintWriter out) {
    out.println(Printable.of(reply.detail()));
  }

  @Override
  public final Integer call() throws NatsException {
    OperatorRequest request = UsageException.wrap(this::request);
    OperatorReply reply;
    try (OperatorSession session = nats.connect(context())) {
      reply = session.ask(complete(request, session), TIMEOUT);
    }
    int code =
        switch (reply.verdict()) {
          case DONE -> ExitCodes.DONE;
          case FAILED -> ExitCodes.FAILED;
          case REFUSED -> ExitCodes.REFUSED;
        };
    String json = output.json ? json(request.ask(), reply) : null;
    if (json != null) {
      context().out().println(json);
    } else if (code == ExitCodes.DONE) {
      print(reply, context().out());
    } else {
      return context().error(new Complaint(reply.verdict().wire() + ": " + reply.detail()), code);
    }
    return code;
  }

  /** Parses an ID argument; lower case is accepted. */
  static MessageId id(String text) {
    return new MessageId(text.toUpperCase(Locale.ROOT));
  }

  /** The option {@code --reason}, in its required and its optional form. */
  static final class Reason {
    static final String NAME = "--reason";
    static final String OPTIONAL = "Reason, for the audit trail. Default: ${DEFAULT-VALUE}.";

    /** A reason that has to be given. */
    static final class Required {
      @Option(
          names = NAME,
          required = true,
          paramLabel = "TEXT",
          description = "Reason, for the audit trail.")
      String text = "";
    }

    /** A reason that may be left out. */
    static final class Optional {
      @Option(names = NAME, paramLabel = "TEXT", defaultValue = "by hand", description = OPTIONAL)
      String text = "by hand";
    }
  }
}
