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
    Optional<NatsCredentials> credentials =
        file == null
            ? Optional.empty()
            : read(
                "--creds", file, "a NATS seed or a .creds file", NatsCredentials::read, problems);
    Optional<SSLContext> tls = tls(servers, problems);
    Optional<Duration> spread = DurationText.parse("--reconnect-spread", reconnectSpread, problems);
    Optional<Subjects> subjects =
        HostOptions.valid("--prefix", problems, () -> new Subjects(prefix()));
    return problems.size() > before
        ? Optional.empty()
        : HostOptions.valid(
            "--nats",
            problems,
            () ->
                new NatsSettings(
                    servers, credentials, tls, host, subjects.orElseThrow(), spread.orElseThrow()));
  }

  private Optional<SSLContext> tls(List<String> servers, List<String> problems) {
    Path file = ca();
    if (file != null) {
      return read("--nats-ca", file, "certificates in PEM", ServerTrust::of, problems);
    }
    return servers.stream().anyMatch(each -> each.matches("(tls|wss)://.*"))
        ? Optional.of(ServerTrust.ofJava())
        : Optional.empty();
  }

  private interface FileReader<T> {
    T read(Path file) throws IOException;
  }

  private static <T> Optional<T> read(
      String option, Path file, String expected, FileReader<T> reader, List<String> problems) {
    try {
      return Optional.of(reader.read(file));
    } catch (IOException _) {
      problems.add("%s: cannot read %s".formatted(option, file));
    } catch (IllegalArgumentException e) {
      problems.add(
          "%s: expected %s, found %s in %s".formatted(option, expected, e.getMessage(), file));
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
