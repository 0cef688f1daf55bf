package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.model.subject.Subjects;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where NATS is; the same for all commands that need it. */
final class NatsOptions {
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  @Option(
      names = "--nats",
      paramLabel = "URL",
      description =
          "NATS server, or all servers of a cluster with commas; default $NATS_URL or "
              + DEFAULT_URL
              + ".")
  @Nullable String nats;

  @Option(
      names = "--creds",
      paramLabel = "FILE",
      description = "NATS credentials; default $NATS_CREDS or none.")
  @Nullable Path creds;

  @Option(
      names = "--nats-ca",
      paramLabel = "FILE",
      description =
          "Authorities that vouch for the server, in PEM; default $NATS_CA or those of Java. With"
              + " it everything is by TLS.")
  @Nullable Path authorities;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "blkwarden.v1",
      description = "What all subjects begin with; default ${DEFAULT-VALUE}.")
  String prefix = "blkwarden.v1";

  /** The settings of these options and the environment. */
  NatsSettings settings(CommandContext context, String instance) {
    return UsageException.unless(() -> {
      String fromEnvironment = context.environment().get("NATS_URL");
      return new NatsSettings(
          nats != null
              ? nats
              : fromEnvironment == null || fromEnvironment.isEmpty()
                  ? DEFAULT_URL
                  : fromEnvironment,
          file(creds, context, "NATS_CREDS"),
          file(authorities, context, "NATS_CA"),
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
