package io.blkwarden.commandline.nats;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a NATS connection; each has an environment variable for its default. */
public class ConnectionOptions {
  private static final String DEFAULT_URL = "nats://127.0.0.1:4222";

  @Option(
      names = "--nats",
      paramLabel = "URL",
      defaultValue = "${env:NATS_URL:-" + DEFAULT_URL + "}",
      description =
          "NATS server URL, or all servers of a cluster, comma-separated (default: $NATS_URL or "
              + DEFAULT_URL
              + ").")
  private @Nullable String nats;

  @Option(
      names = "--creds",
      paramLabel = "FILE",
      defaultValue = "${env:NATS_CREDS}",
      description = "NATS credentials: NKey seed or .creds file (default: $NATS_CREDS or none).")
  private @Nullable Path creds;

  @Option(
      names = "--nats-ca",
      paramLabel = "FILE",
      defaultValue = "${env:NATS_CA}",
      description =
          "CA certificates (PEM) for the server; enables TLS (default: $NATS_CA or Java's trust"
              + " store).")
  private @Nullable Path ca;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "blkwarden.v1",
      description = "Prefix of all NATS subjects (default: ${DEFAULT-VALUE}).")
  private String prefix = "blkwarden.v1";

  /** The URLs of the servers, comma-separated. */
  public final String servers() {
    return nats == null || nats.isEmpty() ? DEFAULT_URL : nats;
  }

  /** The credentials file; absent for none. */
  public final @Nullable Path credentials() {
    return file(creds);
  }

  /** The file with CA certificates; absent for Java's. */
  public final @Nullable Path ca() {
    return file(ca);
  }

  /** The prefix of all subjects. */
  public final String prefix() {
    return prefix;
  }

  /** A file; absent for an empty environment variable. */
  private static @Nullable Path file(@Nullable Path given) {
    return given == null || given.toString().isEmpty() ? null : given;
  }
}
