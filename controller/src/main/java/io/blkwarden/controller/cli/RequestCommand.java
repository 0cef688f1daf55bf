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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** A command that sends one request to the controller and prints the reply. */
abstract class RequestCommand implements Callable<Integer> {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput output = new JsonOutput();

  RequestCommand(CommandContext context) {
    this.context = context;
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
    return new OperatorRequest(context.user(), reason, ask);
  }

  /** The output of {@code --json}; null for an error, or a sentence where there is none. */
  @Nullable String json(OperatorReply reply) {
    return AsciiJson.line(reply);
  }

  /** Prints a successful reply as text. */
  void print(OperatorReply reply, PrintWriter out) {
    out.println(Printable.of(reply.detail()));
  }

  @Override
  public final Integer call() throws NatsException {
    OperatorRequest request = UsageException.wrap(this::request);
    OperatorReply reply;
    try (OperatorSession session = nats.connect(context)) {
      reply = session.ask(complete(request, session), TIMEOUT);
    }
    int code =
        switch (reply.verdict()) {
          case DONE -> ExitCodes.DONE;
          case FAILED -> ExitCodes.FAILED;
          case REFUSED -> ExitCodes.REFUSED;
        };
    String json = output.json ? json(reply) : null;
    if (json != null) {
      context.out().println(json);
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

  /** The silence, acknowledgement or pause that is in force after a successful request. */
  static @Nullable String inForce(OperatorReply reply) {
    return reply.verdict() == OperatorReply.Verdict.DONE && reply.inForce() != null
        ? AsciiJson.line(reply.inForce())
        : null;
  }

  /**
   * {@code blkwarden.ended.v1} after a successful request.
   *
   * @param what {@code silence}, {@code ack} or {@code pause}
   * @param id of what ended; null for a pause
   */
  static @Nullable String ended(OperatorReply reply, String what, @Nullable MessageId id) {
    if (reply.verdict() != OperatorReply.Verdict.DONE) {
      return null;
    }
    ObjectNode object = AsciiJson.MAPPER.createObjectNode();
    object.put("schema", "blkwarden.ended.v1").put("what", what);
    object.put("id", id == null ? null : id.value());
    return AsciiJson.MAPPER.writeValueAsString(object);
  }
}
