package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusSettings;
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
      description = "NATS server; default $NATS_URL or " + DEFAULT_URL + ".")
  @Nullable String nats;

  @Option(
      names = "--creds",
      paramLabel = "FILE",
      description = "NATS credentials; default $NATS_CREDS or none.")
  @Nullable Path creds;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "blkwarden.v1",
      description = "What all subjects begin with; default ${DEFAULT-VALUE}.")
  String prefix = "blkwarden.v1";

  /** The settings of these options and the environment. */
  BusSettings settings(Shell shell, String instance) {
    return Misuse.unless(() -> {
      String fromEnvironment = shell.environment().get("NATS_URL");
      String credentials = shell.environment().get("NATS_CREDS");
      Path file =
          creds == null && credentials != null && !credentials.isEmpty()
              ? Path.of(credentials)
              : creds;
      return new BusSettings(
          nats != null
              ? nats
              : fromEnvironment == null || fromEnvironment.isEmpty()
                  ? DEFAULT_URL
                  : fromEnvironment,
          file,
          new Subjects(prefix),
          instance);
    });
  }
}
