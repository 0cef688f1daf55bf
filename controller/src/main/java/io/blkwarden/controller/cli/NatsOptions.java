package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.subject.Subjects;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for connecting to NATS. */
final class NatsOptions {
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  @Option(
      names = "--nats",
      paramLabel = "URL",
      description =
          "NATS server URL, or all servers of a cluster, comma-separated. Default $NATS_URL or "
              + DEFAULT_URL
              + ".")
  @Nullable String nats;

  @Option(
      names = "--creds",
      paramLabel = "FILE",
      description = "NATS credentials: NKey seed or .creds file. Default $NATS_CREDS or none.")
  @Nullable Path creds;

  @Option(
      names = "--nats-ca",
      paramLabel = "FILE",
      description =
          "CA certificates (PEM) for the server; enables TLS. Default $NATS_CA or Java's trust"
              + " store.")
  @Nullable Path ca;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "blkwarden.v1",
      description = "Prefix of all NATS subjects. Default ${DEFAULT-VALUE}.")
  String prefix = "blkwarden.v1";

  /** Opens a session with the controller. */
  OperatorSession connect(CommandContext context) throws NatsException {
    return OperatorSession.open(settings(context, "cli"));
  }

  /** The settings from these options and the environment. */
  NatsSettings settings(CommandContext context, String instance) {
    return UsageException.wrap(() -> {
      String fromEnvironment = context.environment().get("NATS_URL");
      return new NatsSettings(
          nats != null
              ? nats
              : fromEnvironment == null || fromEnvironment.isEmpty()
                  ? DEFAULT_URL
                  : fromEnvironment,
          file(creds, context, "NATS_CREDS"),
          file(ca, context, "NATS_CA"),
          new Subjects(prefix),
          instance);
    });
  }

  private static @Nullable Path file(
      @Nullable Path given, CommandContext context, String variable) {
    String named = context.environment().getOrDefault(variable, "");
    return given != null || named.isEmpty() ? given : Path.of(named);
  }
}
