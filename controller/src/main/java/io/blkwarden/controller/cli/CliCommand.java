package io.blkwarden.controller.cli;

import io.blkwarden.commandline.nats.ConnectionOptions;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.subject.Subjects;
import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command of {@code blkwarden}; {@link Blkwarden} sets its context before it runs. */
abstract class CliCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  CommandContext context = CommandContext.NONE;

  /** Sends a request and waits for the reply. */
  OperatorReply ask(OperatorSession session, String reason, OperatorRequest.Ask ask)
      throws NatsException {
    return session.ask(new OperatorRequest(context.user(), reason, ask), TIMEOUT);
  }

  /** An invalid command line; exit code 2. */
  static final class UsageException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /** Throws a usage error unless the arguments are valid. */
  static void require(boolean valid, String message) {
    if (!valid) {
      throw new UsageException(message);
    }
  }

  /** A value made from arguments; an {@link IllegalArgumentException} is a usage error. */
  static <T> T made(Supplier<T> from) {
    try {
      return from.get();
    } catch (IllegalArgumentException e) {
      UsageException usage = new UsageException(String.valueOf(e.getMessage()));
      usage.initCause(e);
      throw usage;
    }
  }

  /** The options of the NATS connection. */
  static final class NatsOptions extends ConnectionOptions {
    /** Opens a session with the controller. */
    OperatorSession connect() throws NatsException {
      return OperatorSession.open(settings("cli"));
    }

    /** The settings of a connection of this name. */
    NatsSettings settings(String instance) {
      return made(
          () -> new NatsSettings(servers(), credentials(), ca(), new Subjects(prefix()), instance));
    }
  }

  /** A command with {@code --json}. */
  abstract static class Json extends CliCommand {
    @Option(names = "--json", description = "Print JSON; errors and notes as JSON on stderr.")
    boolean json;
  }

  /** A command that asks a controller over NATS. */
  abstract static class Session extends Json {
    @Mixin NatsOptions nats = new NatsOptions();

    /** Runs the command; returns the exit code. */
    abstract Integer run(OperatorSession session) throws NatsException;

    @Override
    public Integer call() throws NatsException {
      try (OperatorSession session = nats.connect()) {
        return run(session);
      }
    }

    /** Whether the output is closed or the command interrupted. */
    boolean stopped() {
      return Thread.currentThread().isInterrupted() || context.out().checkError();
    }
  }
}
