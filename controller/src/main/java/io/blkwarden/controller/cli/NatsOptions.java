package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusSettings;
import io.blkwarden.model.subject.Subjects;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where NATS is; the same for all commands that need it. */
final class NatsOptions {
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec spec;

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
    try {
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
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private RuntimeException usage(IllegalArgumentException e) {
    CommandSpec known = spec;
    return known == null
        ? e
        : new ParameterException(known.commandLine(), String.valueOf(e.getMessage()), e);
  }
}
