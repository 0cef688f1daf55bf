package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.access.ClusterPlan;
import io.blkwarden.controller.bus.access.ConfigLayout;
import io.blkwarden.controller.bus.access.Grants;
import io.blkwarden.controller.bus.access.Role;
import io.blkwarden.controller.bus.access.ServerConfig;
import io.blkwarden.controller.bus.access.UserList;
import io.blkwarden.controller.config.AccessFolder;
import io.blkwarden.controller.nats.Seeds;
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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may say and hear what, as a server's configuration. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a nats-server configuration in which each host may publish only what is true of"
          + " itself and receive only its own commands, and a seed for every host, the controllers,"
          + " each operator and each viewer.",
      "Run it again to add some: seeds that exist are kept, and so is nats-server.conf, which is"
          + " yours to edit. To shut one out, or to renew a seed, delete the seed and run it again."
          + " Each time, twice: nats-server --signal reload. The server connects the account of a"
          + " new user only at the second.",
      "A nats-server.conf of an earlier version is upgraded: each user gets an account of its own."
          + " What it was is kept beside it."
    })
final class NatsInit implements Callable<Integer> {
  private static final String LISTEN = "127.0.0.1:4222";
  private static final String STORE = "/var/lib/nats";

  private final CommandContext context;

  @Mixin JsonOutput asJson = new JsonOutput();

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
      names = "--operator",
      paramLabel = "NAME",
      description =
          "Somebody who acts, with a seed of their own, operator-NAME.nk; may be repeated. Without"
              + " any there is one seed, operator.nk.")
  List<String> operators = new ArrayList<>();

  @Option(
      names = "--viewer",
      paramLabel = "NAME",
      description =
          "Somebody, or a program, that reads alerts and maps, with a seed of their own,"
              + " viewer-NAME.nk; may be repeated. Without any there is one seed, viewer.nk.")
  List<String> viewers = new ArrayList<>();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = "Where the server is to listen. Default " + LISTEN + ".")
  @Nullable String listen;

  @Option(
      names = "--cluster",
      split = ",",
      paramLabel = "ADDRESS",
      description =
          "The servers of a cluster, 3 or 5 with commas, this machine's first; each HOST or"
              + " HOST:PORT, where routes take the port 2000 above. Writes nats-server-2.conf and"
              + " so on for the others, and routes.conf with the password by which they know each"
              + " other.")
  List<String> cluster = new ArrayList<>();

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Where the server is to keep streams. Default " + STORE + ".")
  @Nullable String store;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The server's certificate with its chain, in PEM; with --tls-key.")
  @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, in PEM.")
  @Nullable Path tlsKey;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "Authorities that vouch for the servers of a cluster to each other, in PEM. Default: the"
              + " file of --tls-cert.")
  @Nullable Path tlsCa;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "What all subjects begin with. Default as the last time, or blkwarden.v1.")
  @Nullable String prefix;

  NatsInit(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Optional<ServerConfig.Tls> tls = tls();
    try {
      Optional<ClusterPlan> servers = servers();
      SortedSet<HostId> all = named();
      AccessFolder folder = new AccessFolder(dir);
      Optional<Path> there = folder.config();
      if (there.isPresent()
          && (listen != null || store != null || tls.isPresent() || servers.isPresent())) {
        throw new UsageException(
            ("%s is there already, so --listen, --store, --cluster and --tls-* change nothing: edit"
                    + " it, or move it away")
                .formatted(there.get()));
      }
      Optional<ConfigLayout> layout = layout(folder);
      Subjects subjects = subjects(folder);
      int before = folder.hosts().size();
      all.addAll(folder.hosts());
      List<Role> roles = new ArrayList<>(people(folder));
      all.forEach(host -> roles.add(new Role.Host(host)));
      String core = layout.map(ConfigLayout::core).orElse(ServerConfig.CORE);
      UserList list = users(folder, core, subjects, roles);
      requireAbsent(layout, list);
      folder.lists(list.coreText(), list.accountsText());
      Path config = there.isPresent() ? there.get() : create(folder, tls, servers);
      if (layout.isPresent() && !layout.get().isComplete()) {
        upgrade(folder, layout.get());
      }
      print(config, folder.seed(""), all.size(), all.size() - before);
      return ExitCodes.DONE;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    } catch (FileSystemException e) {
      String why = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      return context.failed(
          "%s: %s".formatted(e.getFile(), why),
          "choose another --dir, or mend its owner, mode or free space, and run it again: what is"
              + " written is kept");
    } catch (IOException e) {
      return context.failed(String.valueOf(e.getMessage()), "");
    }
  }

  /** The configuration that is there already, which must be one that can be used. */
  private static Optional<ConfigLayout> layout(AccessFolder folder) throws IOException {
    Optional<Path> config = folder.config();
    if (config.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ConfigLayout(
              Files.readString(config.get()), AccessFolder.USERS, AccessFolder.ACCOUNTS));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(config.get(), e.getMessage()), e);
    }
  }

  private static void requireAbsent(Optional<ConfigLayout> layout, UserList list)
      throws IOException {
    try {
      layout.ifPresent(config -> config.requireAbsent(list.accountNames()));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(AccessFolder.CONFIG, e.getMessage()), e);
    }
  }

  private void upgrade(AccessFolder folder, ConfigLayout layout) throws IOException {
    Path old = folder.upgrade(layout.upgraded());
    context.note(
        ("%s now gives each user an account of its own; what it was is %s. Install this version of"
                + " the controller everywhere, then restart nats-server")
            .formatted(AccessFolder.CONFIG, old));
  }

  /** The controllers, and everybody else who is no host: those that have a seed, and new ones. */
  private List<Role> people(AccessFolder folder) throws IOException {
    List<Role> roles = new ArrayList<>(List.of(new Role.Controllers()));
    names(folder, Role.Operator.WORD, operators).forEach(n -> roles.add(new Role.Operator(n)));
    names(folder, Role.Viewer.WORD, viewers).forEach(n -> roles.add(new Role.Viewer(n)));
    return roles;
  }

  private static SortedSet<String> names(AccessFolder folder, String kind, List<String> more)
      throws IOException {
    SortedSet<String> names = new TreeSet<>(folder.people(kind));
    for (String name : more) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("--%s: expected a name".formatted(kind));
      }
      names.add(name);
    }
    if (names.isEmpty()) {
      names.add("");
    }
    return names;
  }

  private void print(Path config, Path seeds, int hosts, int fresh) {
    if (asJson.json) {
      context
          .out()
          .println(
              AsciiJson.MAPPER.writeValueAsString(
                  AsciiJson.MAPPER
                      .createObjectNode()
                      .put("schema", "blkwarden.nats-init.v1")
                      .put("config", config.toString())
                      .put("seeds", seeds.toString())
                      .put("hosts", hosts)
                      .put("new_hosts", fresh)));
      return;
    }
    context
        .out()
        .printf(
            "%s: %d hosts, %d of them new; seeds in %s%n"
                + "check it:  nats-server -t -c %s%n"
                + "a server that runs, twice: nats-server --signal reload%n"
                + "give each host its own seed only: blkwarden-agent run --creds FILE%n",
            config, hosts, fresh, seeds, config);
  }

  private Optional<ClusterPlan> servers() {
    if (cluster.isEmpty()) {
      return Optional.empty();
    }
    if (listen != null) {
      throw new UsageException(
          "--listen: expected none beside --cluster, whose first address it is");
    }
    return Optional.of(ClusterPlan.parse(cluster));
  }

  private Path create(
      AccessFolder folder, Optional<ServerConfig.Tls> tls, Optional<ClusterPlan> servers)
      throws IOException {
    String address =
        servers.isPresent() ? servers.get().listen(1) : Objects.requireNonNullElse(listen, LISTEN);
    if (tls.isEmpty() && !address.startsWith("127.") && !address.startsWith("localhost:")) {
      context.note(
          "without TLS anybody on the way can read and change what is said: add a tls block to"
              + " nats-server.conf, or move it away and give --tls-cert and --tls-key");
    }
    if (servers.isPresent()) {
      return create(folder, tls, servers.get());
    }
    return folder.config(config(address, tls, Optional.empty()));
  }

  /** Writes a configuration for each server, this machine's last: with it all are there. */
  private Path create(AccessFolder folder, Optional<ServerConfig.Tls> tls, ClusterPlan servers)
      throws IOException {
    String password =
        folder
            .routes()
            .flatMap(ClusterPlan::password)
            .orElseGet(() -> ClusterPlan.newPassword(new SecureRandom()));
    folder.routes(servers.routes(password));
    Path first = dir;
    for (int number = servers.servers().size(); number > 0; number--) {
      String text =
          config(
              servers.listen(number),
              tls,
              Optional.of(new ServerConfig.Member(servers, number, AccessFolder.ROUTES)));
      first = number == 1 ? folder.config(text) : folder.config(number, text);
    }
    context.note(
        ("%s is a secret that nats-server must be able to read: change its owner to that of"
                + " nats-server. Copy it, %s and %s to each server, and nats-server-N.conf to"
                + " server N as %s. After each change of hosts or people copy the lists again, and"
                + " reload each server twice")
            .formatted(
                AccessFolder.ROUTES,
                AccessFolder.USERS,
                AccessFolder.ACCOUNTS,
                AccessFolder.CONFIG));
    return first;
  }

  private String config(
      String address, Optional<ServerConfig.Tls> tls, Optional<ServerConfig.Member> member) {
    String streams = store == null ? STORE : store;
    return new ServerConfig(address, streams, tls, member)
        .text(AccessFolder.USERS, AccessFolder.ACCOUNTS);
  }

  private Subjects subjects(AccessFolder folder) throws IOException {
    String given = prefix;
    return given != null
        ? new Subjects(given)
        : folder.users().flatMap(UserList::prefix).map(Subjects::new).orElse(Subjects.DEFAULT);
  }

  private static UserList users(
      AccessFolder folder, String core, Subjects subjects, List<Role> roles) throws IOException {
    SecureRandom random = new SecureRandom();
    Map<Role, String> keys = new LinkedHashMap<>();
    Map<String, Role> known = new HashMap<>();
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
      Role twin = known.put(key, role);
      if (twin != null) { // the server would refuse the list, at a reload without a word here
        throw new IOException(
            "%s: holds the same seed as %s; move it away for a new one"
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
    Path file = hostsFile;
    if (file != null) {
      int number = 0;
      for (String line : lines(file)) {
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

  private List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UsageException(
          "--hosts-file: expected a text file that can be read, found %s (%s)"
              .formatted(file, e.getClass().getSimpleName()));
    }
  }

  /** A host; not the one that stands for the fleet, in whose name nobody but controllers speaks. */
  private static HostId host(String name) {
    HostId host = new HostId(name);
    if (host.equals(HostId.FLEET)) {
      throw new IllegalArgumentException(
          "host: %s stands for the whole fleet; name a dom0".formatted(name));
    }
    return host;
  }

  private Optional<ServerConfig.Tls> tls() {
    Path certificate = tlsCert;
    Path key = tlsKey;
    Path authorities = tlsCa;
    if (certificate == null && key == null && authorities == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new UsageException("--tls-cert and --tls-key: expected both or none");
    }
    return Optional.of(
        new ServerConfig.Tls(
            certificate.toAbsolutePath().toString(),
            key.toAbsolutePath().toString(),
            (authorities == null ? certificate : authorities).toAbsolutePath().toString()));
  }
}
