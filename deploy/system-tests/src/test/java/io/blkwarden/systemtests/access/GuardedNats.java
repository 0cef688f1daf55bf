package io.blkwarden.systemtests.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.model.NatsSeed;
import io.blkwarden.systemtests.Certificate;
import io.blkwarden.systemtests.NatsProcess;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A nats-server with a configuration of {@code blkwarden nats init}. */
public final class GuardedNats {
  private final Path folder;
  private final NatsProcess server;
  private final String url;
  private final List<Connection> connections = new ArrayList<>();

  private GuardedNats(Path folder, NatsProcess server, String url) {
    this.folder = folder;
    this.server = server;
    this.url = url;
  }

  /** The exit code and output of a command. */
  public record CommandOutput(int code, String out, String err) {}

  /** Starts a server for these hosts, with its files in the directory. */
  public static GuardedNats start(Path folder, String... hosts) throws IOException {
    return start("nats-server", folder, "nats", List.of(hosts));
  }

  /**
   * Starts a server of a version, with an additional user of the controllers' account: {@code spy}
   * with password {@code spy} and all permissions.
   */
  static GuardedNats withSpy(String program, Path folder, String... arguments) throws IOException {
    int port = write(folder, List.of(arguments));
    Path users = folder.resolve("users.conf");
    String spy = "users: [\n  { user: spy, password: spy }";
    Files.writeString(users, Files.readString(users).replace("users: [", spy));
    return new GuardedNats(folder, process(program, folder, port), "nats://127.0.0.1:" + port);
  }

  /** Starts a server with TLS and this certificate. */
  static GuardedNats start(Path folder, Certificate certificate, String... hosts)
      throws IOException {
    List<String> more = new ArrayList<>(List.of(hosts));
    more.add("--tls-cert=" + certificate.chain());
    more.add("--tls-key=" + certificate.key());
    return start("nats-server", folder, "tls", more);
  }

  private static GuardedNats start(String program, Path folder, String scheme, List<String> more)
      throws IOException {
    int port = write(folder, more);
    return new GuardedNats(folder, process(program, folder, port), scheme + "://127.0.0.1:" + port);
  }

  private static int write(Path folder, List<String> more) throws IOException {
    int port = NatsProcess.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "nats",
                "init",
                "--dir=" + folder,
                "--listen=127.0.0.1:" + port,
                "--store=" + folder.resolve("store")));
    arguments.addAll(more);
    CommandOutput written = run(Map.of(), arguments.toArray(String[]::new));
    assertThat(written.code()).as(written.err()).isZero();
    return port;
  }

  private static NatsProcess process(String program, Path folder, int port) throws IOException {
    String config = folder.resolve("nats-server.conf").toString();
    return new NatsProcess(program, folder, port, List.of("-c", config));
  }

  /** Writes the users with more hosts and reloads the server. */
  public void init(String... hosts) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("nats", "init", "--dir", folder.toString()));
    arguments.addAll(Arrays.asList(hosts));
    CommandOutput written = run(Map.of(), arguments.toArray(String[]::new));
    assertThat(written.code()).as(written.err()).isZero();
    reload();
    reload(); // the second reload connects imports of accounts added by the first
  }

  private void reload() throws IOException, InterruptedException {
    Path log = folder.resolve("nats.log");
    int before = reloads(log);
    Process signal =
        new ProcessBuilder("nats-server", "--signal", "reload=" + server.pid())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("signal").toFile())
            .start();
    assertThat(signal.waitFor()).isZero();
    await("the reload").atMost(Duration.ofSeconds(60)).until(() -> reloads(log) > before);
  }

  private static int reloads(Path log) throws IOException {
    return Files.readString(log).split("Reloaded server configuration", -1).length;
  }

  /** Its URL. */
  public String url() {
    return url;
  }

  /** Its port. */
  int port() {
    return server.port();
  }

  /** A user's seed. */
  String secret(String user) throws IOException {
    return NatsSeed.inSeedFile(Files.readString(seed(user))).orElseThrow();
  }

  /** The file of a user's seed. */
  public Path seed(String user) {
    return folder.resolve("seeds").resolve(user + ".nk");
  }

  /** Runs {@code blkwarden} as a user. */
  public CommandOutput as(String user, String... arguments) {
    return run(Map.of("NATS_URL", url(), "NATS_CREDS", seed(user).toString()), arguments);
  }

  /** Runs {@code blkwarden} with an environment. */
  static CommandOutput run(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Blkwarden.run(arguments, new PrintWriter(out), new PrintWriter(err), environment);
    return new CommandOutput(code, out.toString(), err.toString());
  }

  /** A user's NATS client, with the permission errors that it received. */
  public record Client(Connection connection, List<String> denied) {}

  /** Connects as a user. */
  public Client client(String user) throws Exception {
    String seed = NatsSeed.inSeedFile(Files.readString(seed(user))).orElseThrow();
    String inbox =
        user.startsWith("host-")
            ? user.substring("host-".length())
            : new String(NKey.fromSeed(seed.toCharArray()).getPublicKey());
    List<String> denied = new CopyOnWriteArrayList<>();
    Connection connection =
        Nats.connect(
            Options.builder()
                .server(url())
                .authHandler(Nats.staticCredentials(null, seed.toCharArray()))
                .inboxPrefix("_INBOX." + inbox + ".")
                .errorListener(
                    new ErrorListener() {
                      @Override
                      public void errorOccurred(Connection from, String error) {
                        denied.add(error);
                      }
                    })
                .build());
    connections.add(connection);
    return new Client(connection, denied);
  }

  /** Stops the server and all clients. */
  public void stop() throws Exception {
    for (Connection each : connections) {
      each.close();
    }
    server.close();
  }
}
