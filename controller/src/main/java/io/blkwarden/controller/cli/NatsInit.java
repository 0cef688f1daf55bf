package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.controller.bus.access.ClusterPlan;
import io.blkwarden.controller.bus.access.ConfigLayout;
import io.blkwarden.controller.bus.access.Grants;
import io.blkwarden.controller.bus.access.Role;
import io.blkwarden.controller.bus.access.ServerConfig;
import io.blkwarden.controller.bus.access.UserList;
import io.blkwarden.controller.config.AccessFolder;
import io.blkwarden.model.HostId;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a nats-server configuration with the permissions of each user. */
@Command(
    name = "init",
    description = {
      "Writes a nats-server configuration and an NKey seed for each user.",
      "Users are the controllers, each host, operator and viewer. A host can only publish its own"
          + " data and receive its own commands. Run it again to add users: existing seeds and"
          + " nats-server.conf are kept. To remove a user or renew its seed, delete the seed file"
          + " and run it again. After each run, run 'nats-server --signal reload' twice: the second"
          + " reload connects the accounts of new users."
    })
final class NatsInit extends CliCommand.Json {
  /** Prepares a NATS server. */
  @Command(
      name = "nats",
      description = "Prepares a NATS server; does not connect to one.",
      subcommands = NatsInit.class)
  static final class Group {
    private Group() {}
  }

  private static final String LISTEN = "127.0.0.1:4222";
  private static final String STORE = "/var/lib/nats";

  @Parameters(arity = "0..*", paramLabel = "HOST", description = "Hosts to add, e.g. dom0-7.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Output directory, created if missing.")
  Path dir = Path.of(".");

  @Option(
      names = "--hosts-file",
      paramLabel = "FILE",
      description = "File with hosts to add, one per line. Lines starting with # are comments.")
  @Nullable Path hostsFile;

  @Option(
      names = "--operator",
      paramLabel = "NAME",
      description = "Operator to add, seed operator-NAME.nk; repeatable (default: operator.nk).")
  List<String> operators = new ArrayList<>();

  @Option(
      names = "--viewer",
      paramLabel = "NAME",
      description = "Viewer to add, seed viewer-NAME.nk; repeatable (default: viewer.nk).")
  List<String> viewers = new ArrayList<>();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = "Listen address of the server (default: " + LISTEN + ").")
  @Nullable String listen;

  @Option(
      names = "--cluster",
      split = ",",
      paramLabel = "ADDRESS",
      description =
          "The 3 or 5 servers of a cluster, comma-separated, this machine first: HOST or HOST:PORT."
              + " Routes use PORT + 2000. Also writes nats-server-2.conf etc. for the other"
              + " servers, and routes.conf with the cluster password.")
  List<String> cluster = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "JetStream storage directory of the server (default: " + STORE + ").")
  @Nullable String store;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain (PEM); enables TLS. Requires --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key (PEM).")
  @Nullable Path tlsKey;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "CA certificates (PEM) of cluster routes (default: the --tls-cert file).")
  @Nullable Path tlsCa;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "Prefix of all NATS subjects (default: as before, or blkwarden.v1).")
  @Nullable String prefix;

  @Override
  public Integer call() {
    Optional<ServerConfig.Tls> tls = tls();
    try {
      require(
          cluster.isEmpty() || listen == null,
          "--listen: not allowed with --cluster, whose first address is used");
      Optional<ClusterPlan> servers =
          cluster.isEmpty() ? Optional.empty() : Optional.of(ClusterPlan.parse(cluster));
      SortedSet<HostId> all = named();
      AccessFolder folder = new AccessFolder(dir);
      Path existing = folder.config().orElse(null);
      require(
          existing == null
              || (listen == null && store == null && tls.isEmpty() && servers.isEmpty()),
          ("%s exists, so --listen, --store, --cluster and --tls-* have no effect: edit the file,"
                  + " or move it away")
              .formatted(existing));
      ConfigLayout layout =
          existing == null
              ? null
              : ConfigLayout.read(existing, AccessFolder.USERS, AccessFolder.ACCOUNTS);
      int before = folder.hosts().size();
      all.addAll(folder.hosts());
      List<Role> roles = new ArrayList<>(List.of(new Role.Controllers()));
      roles.addAll(people(folder, Role.Kind.OPERATOR, operators));
      roles.addAll(people(folder, Role.Kind.VIEWER, viewers));
      all.forEach(host -> roles.add(new Role.Host(host)));
      String core = layout == null ? ServerConfig.CORE : layout.core();
      UserList list = users(folder, core, subjects(folder), roles);
      if (layout != null) {
        layout.requireAbsent(list.accountNames());
      }
      folder.lists(list.coreText(), list.accountsText());
      Path config = existing == null ? create(folder, tls, servers) : existing;
      print(config, folder.seed(""), all.size(), all.size() - before);
      return ExitCodes.DONE;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    } catch (FileSystemException e) {
      String why = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      return context.failed(
          "%s: %s".formatted(e.getFile(), why),
          "choose another --dir, or fix its owner, mode or free space, and run it again: files"
              + " already written are kept");
    } catch (IOException e) {
      return context.failed(String.valueOf(e.getMessage()), "");
    }
  }

  /** The users of a kind: those that have a seed, and new ones. */
  private static List<Role> people(AccessFolder folder, Role.Kind kind, List<String> more)
      throws IOException {
    SortedSet<String> names = new TreeSet<>(folder.people(kind.wire()));
    require(!more.contains(""), "--%s: expected a name".formatted(kind.wire()));
    names.addAll(more);
    if (names.isEmpty()) {
      names.add("");
    }
    return names.stream().<Role>map(name -> new Role.Person(kind, name)).toList();
  }

  private void print(Path config, Path seeds, int hosts, int fresh) {
    if (json) {
      context.print(
          AsciiJson.document("blkwarden.nats-init.v1")
              .put("config", config.toString())
              .put("seeds", seeds.toString())
              .put("hosts", hosts)
              .put("new_hosts", fresh));
      return;
    }
    context
        .out()
        .printf(
            "%s: %d hosts, %d new; seeds in %s%n"
                + "Check the configuration: nats-server -t -c %s%n"
                + "Reload a running server, twice: nats-server --signal reload%n"
                + "Copy to each host only its own seed: blkwarden-agent run --creds FILE%n",
            config, hosts, fresh, seeds, config);
  }

  private Path create(
      AccessFolder folder, Optional<ServerConfig.Tls> tls, Optional<ClusterPlan> servers)
      throws IOException {
    String address =
        servers.map(each -> each.listen(1)).orElse(Objects.requireNonNullElse(listen, LISTEN));
    if (tls.isEmpty() && !address.startsWith("127.") && !address.startsWith("localhost:")) {
      context.note(
          "without TLS, traffic can be read and changed on the network: add a tls block to"
              + " nats-server.conf, or move it away and set --tls-cert and --tls-key");
    }
    return servers.isPresent()
        ? create(folder, tls, servers.get())
        : folder.config(config(address, tls, Optional.empty()));
  }

  /** Writes a configuration for each server; this machine's last, as it marks them complete. */
  private Path create(AccessFolder folder, Optional<ServerConfig.Tls> tls, ClusterPlan servers)
      throws IOException {
    String password =
        folder
            .read(AccessFolder.ROUTES)
            .flatMap(ClusterPlan::password)
            .orElseGet(() -> ClusterPlan.newPassword(new SecureRandom()));
    folder.routes(servers.routes(password));
    Path first = dir;
    for (int number = servers.servers().size(); number > 0; number--) {
      var member = Optional.of(new ServerConfig.Member(servers, number, AccessFolder.ROUTES));
      String text = config(servers.listen(number), tls, member);
      first = number == 1 ? folder.config(text) : folder.config(number, text);
    }
    context.note(
        "routes.conf is a secret: make the user of nats-server its owner. Copy it, users.conf and"
            + " accounts.conf to each server, and nats-server-N.conf to server N as"
            + " nats-server.conf. After each change of users, copy users.conf and accounts.conf"
            + " again and reload each server twice");
    return first;
  }

  private String config(
      String address, Optional<ServerConfig.Tls> tls, Optional<ServerConfig.Member> member) {
    return new ServerConfig(address, store == null ? STORE : store, tls, member)
        .text(AccessFolder.USERS, AccessFolder.ACCOUNTS);
  }

  private Subjects subjects(AccessFolder folder) throws IOException {
    return prefix != null
        ? new Subjects(prefix)
        : folder
            .read(AccessFolder.USERS)
            .flatMap(UserList::prefix)
            .map(Subjects::new)
            .orElse(Subjects.DEFAULT);
  }

  private static UserList users(
      AccessFolder folder, String core, Subjects subjects, List<Role> roles) throws IOException {
    SecureRandom random = new SecureRandom();
    Map<Role, String> keys = new LinkedHashMap<>();
    Map<String, Role> known = new HashMap<>();
    for (Role role : roles) {
      String seed = folder.seed(role.file(), role.text(), () -> NatsCredentials.newSeed(random));
      String key;
      try {
        key = NatsCredentials.publicKey(seed);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "%s: found %s; move the file away to get a new seed"
                .formatted(folder.seed(role.file()), e.getMessage()),
            e);
      }
      Role twin = known.put(key, role);
      if (twin != null) { // nats-server would reject the list, and only log it
        throw new IOException(
            "%s: same seed as %s; move it away to get a new one"
                .formatted(folder.seed(role.file()), folder.seed(twin.file())));
      }
      keys.put(role, key);
    }
    Grants grants = new Grants(subjects, Objects.requireNonNull(keys.get(new Role.Controllers())));
    List<UserList.User> users = new ArrayList<>();
    keys.forEach((role, key) -> users.add(new UserList.User(role, key, grants.of(role, key))));
    return new UserList(core, subjects, grants, users);
  }

  private SortedSet<HostId> named() {
    SortedSet<HostId> named = new TreeSet<>();
    hosts.forEach(host -> named.add(host(host)));
    if (hostsFile != null) {
      int number = 0;
      for (String line : lines(hostsFile)) {
        number++;
        if (!line.isBlank() && !line.strip().startsWith("#")) {
          try {
            named.add(host(line.strip()));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "%s:%d: %s".formatted(hostsFile, number, e.getMessage()), e);
          }
        }
      }
    }
    return named;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UsageException(
          "--hosts-file: cannot read %s (%s)".formatted(file, e.getClass().getSimpleName()));
    }
  }

  /** A host name other than the one that stands for the fleet. */
  private static HostId host(String name) {
    HostId host = new HostId(name);
    if (host.equals(HostId.FLEET)) {
      throw new IllegalArgumentException(
          "host: %s is reserved for the fleet; expected the name of a dom0".formatted(name));
    }
    return host;
  }

  private Optional<ServerConfig.Tls> tls() {
    if (tlsCert == null && tlsKey == null && tlsCa == null) {
      return Optional.empty();
    }
    if (tlsCert == null || tlsKey == null) {
      throw new UsageException("--tls-cert and --tls-key: expected both or none");
    }
    return Optional.of(
        new ServerConfig.Tls(
            tlsCert.toAbsolutePath().toString(),
            tlsKey.toAbsolutePath().toString(),
            (tlsCa == null ? tlsCert : tlsCa).toAbsolutePath().toString()));
  }
}
