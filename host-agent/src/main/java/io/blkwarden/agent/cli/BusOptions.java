package io.blkwarden.agent.cli;

import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.nats.ConnectionOptions;
import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.commandline.nats.ServerTrust;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/** Options of the NATS connection. */
public final class BusOptions extends ConnectionOptions {
  private static final List<String> SCHEMES = List.of("nats", "tls", "ws", "wss");

  @Option(
      names = "--reconnect-spread",
      paramLabel = "TIME",
      defaultValue = "3s",
      description =
          "Longest random delay before each reconnect attempt (default: ${DEFAULT-VALUE}).")
  String reconnectSpread = "";

  /** The settings; empty with problems added to the list if an option is invalid. */
  public Optional<NatsSettings> settings(HostId host, List<String> problems) {
    int before = problems.size();
    List<String> servers = Arrays.stream(servers().split(",", -1)).map(String::strip).toList();
    servers.forEach(server -> checkServer(server, problems));
    Path file = credentials();
    Optional<NatsCredentials> credentials = file == null ? Optional.empty() : read(file, problems);
    Optional<SSLContext> tls = tls(servers, problems);
    Optional<Duration> spread = DurationText.parse("--reconnect-spread", reconnectSpread, problems);
    Optional<Subjects> subjects = Optional.empty();
    try {
      subjects = Optional.of(new Subjects(prefix()));
    } catch (IllegalArgumentException e) {
      problems.add("--prefix: " + e.getMessage());
    }
    if (problems.size() > before) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new NatsSettings(
              servers, credentials, tls, host, subjects.orElseThrow(), spread.orElseThrow()));
    } catch (IllegalArgumentException e) {
      problems.add("--nats: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<NatsCredentials> read(Path file, List<String> problems) {
    try {
      return Optional.of(NatsCredentials.read(file));
    } catch (IOException _) {
      problems.add("--creds: cannot read " + file);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      problems.add(
          "--creds: expected a NATS seed or a .creds file, found %s in %s"
              .formatted(e.getMessage(), file));
      return Optional.empty();
    }
  }

  private Optional<SSLContext> tls(List<String> servers, List<String> problems) {
    Path file = ca();
    if (file == null) {
      return servers.stream().anyMatch(each -> each.matches("(tls|wss)://.*"))
          ? Optional.of(ServerTrust.ofJava())
          : Optional.empty();
    }
    try {
      return Optional.of(ServerTrust.of(file));
    } catch (IOException _) {
      problems.add("--nats-ca: cannot read " + file);
    } catch (IllegalArgumentException e) {
      problems.add(
          "--nats-ca: expected certificates in PEM, found %s in %s"
              .formatted(e.getMessage(), file));
    }
    return Optional.empty();
  }

  private static void checkServer(String server, List<String> problems) {
    boolean valid;
    try {
      URI uri = URI.create(server.contains("://") ? server : "nats://" + server);
      valid = uri.getHost() != null && SCHEMES.contains(uri.getScheme());
    } catch (IllegalArgumentException _) {
      valid = false;
    }
    if (!valid) {
      problems.add(
          "--nats: expected nats://HOST:PORT or tls://HOST:PORT, found '%s'"
              .formatted(redacted(server)));
    }
  }

  /** The server URL without a password. */
  private static String redacted(String server) {
    int at = server.lastIndexOf('@');
    return at < 0 ? server : "…" + server.substring(at);
  }
}
