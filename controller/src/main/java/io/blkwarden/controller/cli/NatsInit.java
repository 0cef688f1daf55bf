package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.Seeds;
import io.blkwarden.controller.bus.access.Grants;
import io.blkwarden.controller.bus.access.Role;
import io.blkwarden.controller.bus.access.ServerConfig;
import io.blkwarden.controller.config.AccessFolder;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Who may say and hear what, as a server's configuration. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a nats-server configuration in which each host may say only what is true of itself"
          + " and hear only its own commands, and a seed for every host, the controllers, people"
          + " who act and people who only look.",
      "Run it again to add hosts: seeds that exist are kept. To shut one out delete its seed, run"
          + " it again and reload the server. To renew a seed, the same."
    })
final class NatsInit implements Callable<Integer> {
  private final Shell shell;

  @Spec @Nullable CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "HOST", description = "Hosts to add, by short name.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write to; created if it is missing.")
  Path dir = Path.of(".");

  @Option(
      names = "--hosts-file",
      paramLabel = "FILE",
      description = "More hosts, one a line; lines that begin with # are left out.")
  @Nullable Path hostsFile;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:4222",
      description = "Where the server is to listen. Default ${DEFAULT-VALUE}.")
  String listen = "127.0.0.1:4222";

  @Option(
      names = "--store",
      paramLabel = "DIR",
      defaultValue = "/var/lib/nats",
      description = "Where the server is to keep streams. Default ${DEFAULT-VALUE}.")
  String store = "/var/lib/nats";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The server's certificate with its chain, in PEM; with --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, in PEM.")
  @Nullable Path tlsKey;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "blkwarden.v1",
      description = "What all subjects begin with; default ${DEFAULT-VALUE}.")
  String prefix = "blkwarden.v1";

  NatsInit(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Optional<ServerConfig.Tls> tls = tls();
    try {
      Subjects subjects = new Subjects(prefix);
      SortedSet<HostId> all = named();
      AccessFolder folder = new AccessFolder(dir);
      int before = folder.hosts().size();
      all.addAll(folder.hosts());
      List<ServerConfig.User> users = users(folder, new Grants(subjects), all);
      Path config = folder.config(new ServerConfig(listen, store, tls, users).text());
      shell
          .out()
          .printf(
              "%s: %d hosts, %d of them new; seeds in %s%n"
                  + "check it:  nats-server -t -c %s%n"
                  + "give each host its own seed only: blkwarden-agent run --creds FILE%n",
              config, all.size(), all.size() - before, folder.seed(""), config);
      if (tls.isEmpty() && !listen.startsWith("127.") && !listen.startsWith("localhost:")) {
        shell
            .err()
            .println(
                "blkwarden: without --tls-cert and --tls-key anybody on the way can read and change"
                    + " what is said");
      }
      return ExitCodes.DONE;
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      shell.err().println("blkwarden: " + e.getMessage());
      return ExitCodes.FAILED;
    }
  }

  private static List<ServerConfig.User> users(
      AccessFolder folder, Grants grants, SortedSet<HostId> hosts) throws IOException {
    List<Role> roles = new ArrayList<>(List.of(Role.Single.values()));
    hosts.forEach(host -> roles.add(new Role.Host(host)));
    SecureRandom random = new SecureRandom();
    List<ServerConfig.User> users = new ArrayList<>();
    for (Role role : roles) {
      String seed = folder.seed(role.file(), role.text(), () -> Seeds.create(random));
      String key;
      try {
        key = Seeds.publicKey(seed);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "%s: found %s; move the file away for a new one"
                .formatted(folder.seed(role.file()), e.getMessage()),
            e);
      }
      users.add(new ServerConfig.User(role, key, grants.of(role, key)));
    }
    return users;
  }

  private SortedSet<HostId> named() throws IOException {
    SortedSet<HostId> named = new TreeSet<>();
    hosts.forEach(host -> named.add(host(host)));
    Path file = hostsFile;
    if (file != null) {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (!line.isBlank() && !line.strip().startsWith("#")) {
          try {
            named.add(host(line.strip()));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "%s:%d: %s".formatted(file, number, e.getMessage()), e);
          }
        }
      }
    }
    return named;
  }

  /** A host; not the one that stands for the fleet, in whose name nobody but controllers speaks. */
  private static HostId host(String name) {
    HostId host = new HostId(name);
    if (host.equals(HostId.FLEET)) {
      throw new IllegalArgumentException("host: %s stands for the whole fleet".formatted(name));
    }
    return host;
  }

  private Optional<ServerConfig.Tls> tls() {
    Path certificate = tlsCert;
    Path key = tlsKey;
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw usage("--tls-cert and --tls-key: expected both or none");
    }
    return Optional.of(
        new ServerConfig.Tls(
            certificate.toAbsolutePath().toString(), key.toAbsolutePath().toString()));
  }

  private RuntimeException usage(String message) {
    CommandSpec known = spec;
    return known == null
        ? new IllegalArgumentException(message)
        : new ParameterException(known.commandLine(), message);
  }
}
