package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.access.ClusterPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that the command writes; the system tests use them with a server. */
final class NatsInitTest {
  @TempDir Path temp;
  private Path dir = Path.of(".");

  @BeforeEach
  void folder() {
    dir = temp.resolve("nats");
  }

  private CommandResult init(String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(new String[] {"nats", "init", "--dir", dir.toString()}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return CommandResult.run("", all);
  }

  private String users() throws IOException {
    return Files.readString(dir.resolve("users.conf"));
  }

  private String accounts() throws IOException {
    return Files.readString(dir.resolve("accounts.conf"));
  }

  private String config() throws IOException {
    return Files.readString(dir.resolve("nats-server.conf"));
  }

  @Test
  void seedsArePrivateAndNotInTheConfiguration() throws IOException {
    CommandResult result = init("dom0-7");
    assertThat(result.code()).as(result.err()).isZero();
    Path seed = dir.resolve("seeds/host-dom0-7.nk");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed.getParent())))
        .isEqualTo("rwx------");
    assertThat(config()).doesNotContain("SU");
    assertThat(users())
        .contains("# the controllers")
        .doesNotContain(Files.readAllLines(dir.resolve("seeds/controller.nk")).getLast());
    assertThat(accounts())
        .contains("# host dom0-7", "blkwarden.v1.command.dom0-7")
        .doesNotContain(Files.readAllLines(seed).getLast());
  }

  @Test
  void hostsAreAddedAndExistingSeedsKept() throws IOException {
    assertThat(init("dom0-7").code()).isZero();
    String seed = Files.readString(dir.resolve("seeds/host-dom0-7.nk"));
    Path more = Files.writeString(temp.resolve("hosts"), "# rack 2\ndom0-8\n\ndom0.example\n");

    CommandResult result = init("--hosts-file", more.toString());
    assertThat(result.out()).contains("3 hosts, 2 new");
    assertThat(accounts()).contains("# host dom0-7", "# host dom0-8", "# host dom0%2Eexample");
    assertThat(Files.readString(dir.resolve("seeds/host-dom0-7.nk"))).isEqualTo(seed);

    Files.delete(dir.resolve("seeds/host-dom0-8.nk"));
    assertThat(init().code()).isZero();
    assertThat(accounts()).doesNotContain("dom0-8");
  }

  @Test
  void editedConfigurationAndPrefixAreKept() throws IOException {
    assertThat(init("--listen", "10.0.0.1:4222", "--prefix", "xen.v1", "dom0-7").code()).isZero();
    Path conf = dir.resolve("nats-server.conf");
    String edited = config().replace("max_payload: 1MB", "max_payload: 2MB");
    Files.writeString(conf, edited);

    assertThat(init("dom0-8").code()).isZero();
    assertThat(config()).isEqualTo(edited).contains("10.0.0.1:4222");
    assertThat(accounts()).contains("xen.v1.command.dom0-8").doesNotContain("blkwarden.v1");
    assertThat(users()).contains("xen.v1.command").doesNotContain("blkwarden.v1");

    CommandResult refused = init("--listen", "10.0.0.2:4222");
    assertThat(refused.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err()).contains(conf.toString(), "edit the file, or move it away");
    assertThat(config()).isEqualTo(edited);
  }

  @Test
  void invalidArgumentsAreReported() throws IOException {
    assertThat(init("_fleet").err()).contains("_fleet is reserved for the fleet");
    assertThat(init("--hosts-file", temp.resolve("none").toString()).err())
        .contains("--hosts-file: cannot read", "none (NoSuchFile");
    assertThat(init("two words").err()).contains("expected no blanks");
    assertThat(init("--tls-cert", "a.pem").err()).contains("expected both or none");
    Path hosts = Files.writeString(temp.resolve("hosts"), "dom0-7\n_fleet\n");
    CommandResult bad = init("--hosts-file", hosts.toString());
    assertThat(bad.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(bad.err()).contains("hosts:2: host: _fleet");

    assertThat(init("dom0-7").code()).isZero();
    Path seed = dir.resolve("seeds/host-dom0-7.nk");
    String text = Files.readString(seed);
    Files.writeString(seed, "nonsense\n");
    CommandResult broken = init();
    assertThat(broken.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(broken.err()).contains(seed.toString(), "expected a seed", "move the file away");
    char last = text.charAt(text.length() - 3);
    Files.writeString(
        seed,
        text.substring(0, text.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + text.charAt(text.length() - 2)
            + "\n");
    assertThat(init().err()).contains("checksum");
  }

  /** nats-server would reject the list, on reload only in its log. */
  @Test
  void sharedSeedIsReported() throws IOException {
    assertThat(init("dom0-7", "dom0-8").code()).isZero();
    String before = users();
    Path copy = dir.resolve("seeds/host-dom0-8.nk");
    Path whose = dir.resolve("seeds/host-dom0-7.nk");
    Files.copy(whose, copy, StandardCopyOption.REPLACE_EXISTING);

    CommandResult refused = init("dom0-9");
    assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err())
        .contains(copy + ": same seed as " + whose, "move it away to get a new one");
    assertThat(users()).isEqualTo(before);
    Files.delete(copy);
    assertThat(init().code()).isZero();
  }

  @Test
  void interruptedRunIsContinued() throws IOException {
    Path full = Files.createDirectories(dir.resolve("seeds/host-dom0-8.nk.new/full"));
    CommandResult failed = init("dom0-7", "dom0-8");
    assertThat(failed.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(failed.err())
        .contains("host-dom0-8.nk.new: DirectoryNotEmpty", "free space", "run it again");
    String seed = Files.readString(dir.resolve("seeds/host-dom0-7.nk"));
    assertThat(dir.resolve("seeds/host-dom0-8.nk")).doesNotExist();
    assertThat(dir.resolve("users.conf")).doesNotExist();

    Files.delete(full);
    Files.delete(full.getParent());
    Files.writeString(full.getParent(), "SUHALF");
    assertThat(init("dom0-7", "dom0-8").out()).contains("2 hosts, 1 new");
    assertThat(Files.readString(dir.resolve("seeds/host-dom0-7.nk"))).isEqualTo(seed);
    assertThat(dir.resolve("seeds").toFile().list())
        .containsExactlyInAnyOrder(
            "controller.nk", "operator.nk", "viewer.nk", "host-dom0-7.nk", "host-dom0-8.nk");
    assertThat(dir.toFile().list())
        .containsExactlyInAnyOrder("nats-server.conf", "users.conf", "accounts.conf", "seeds");
  }

  /** A configuration edited by an operator. */
  private static final String EDITED =
      """
      # nats-server configuration, written once by 'blkwarden nats init', and yours to edit since.
      listen: nats://10.0.0.5:4222 # our {rack
      max_payload: 2MB
      jetstream {
        store_dir: '/srv/nats'
      }
      tls { cert_file: "/etc/nats/it's \\"ours\\".pem"; key_file: /etc/nats/key.pem }
      accounts {
        PAGER { users: [ { user: p, password: "} {" } ] }
        // the fleet
        BLKWARDEN {
          jetstream: { max_file: 10GB }
          include "users.conf"
        } # of blkwarden {
        include "accounts.conf"
        SYS {}
      }
      system_account: SYS
      """;

  @Test
  void configurationWithoutTheIncludesIsRejected() throws IOException {
    Map<String, String> refused =
        Map.of(
            EDITED.replace("include \"users.conf\"", ""),
            "expected one account below 'accounts'",
            EDITED + "include users.conf\n",
            "found it elsewhere",
            EDITED.replace("include \"", "exports: []\n include \""),
            "account BLKWARDEN has 'exports' of its own",
            EDITED.replace("PAGER", "BLKWARDEN-host-dom0-7"),
            "account BLKWARDEN-host-dom0-7 is also in accounts.conf",
            EDITED + "}\n",
            "expected no }",
            EDITED.replace("  include \"accounts.conf\"\n", ""),
            "expected include \"accounts.conf\" once",
            EDITED.replace("SYS {}\n}", "SYS {}\n"),
            "expected }");
    Path conf = Files.createDirectories(dir).resolve("nats-server.conf");
    for (Map.Entry<String, String> each : refused.entrySet()) {
      Files.writeString(conf, each.getKey());
      CommandResult result = init("dom0-7");
      assertThat(result.code()).as(each.getValue()).isEqualTo(ExitCodes.FAILED);
      assertThat(result.err()).contains("nats-server.conf: ", each.getValue());
      assertThat(config()).isEqualTo(each.getKey());
      assertThat(dir.resolve("users.conf")).doesNotExist();
    }
  }

  @Test
  void eachOperatorAndViewerHasItsOwnSeed() throws IOException {
    assertThat(init("--operator", "ann", "--viewer", "pager", "--viewer=wall_2").code()).isZero();
    assertThat(dir.resolve("seeds").toFile().list())
        .containsExactlyInAnyOrder(
            "controller.nk", "operator-ann.nk", "viewer-pager.nk", "viewer-wall_2.nk");
    assertThat(init("--operator", "bob").code()).isZero();
    assertThat(users() + accounts())
        .contains("# operator ann", "# operator bob", "# viewer pager", "# viewer wall_2");
    Files.delete(dir.resolve("seeds/operator-ann.nk"));
    assertThat(init().code()).isZero();
    assertThat(users() + accounts()).doesNotContain("ann").contains("# operator bob");
    assertThat(init("--operator", "a.b").err()).contains("expected a name", "a.b");
  }

  @Test
  void clusterHasConfigurationPerServerAndRoutesWithPassword() throws IOException {
    CommandResult result =
        init(
            "--cluster", "127.0.0.1,127.0.0.2:5222,[::1]", "--tls-cert=/a.pem", "--tls-key=/a.key");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains("routes.conf is a secret", "nats-server-N.conf");
    Path routes = dir.resolve("routes.conf");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(routes)))
        .isEqualTo("rw-------");
    String text = Files.readString(routes);
    String password = ClusterPlan.password(text).orElseThrow();
    assertThat(password).hasSize(43);
    assertThat(text)
        .contains("nats-route://route:" + password + "@127.0.0.1:6222")
        .contains("@127.0.0.2:7222", "@[::1]:6222");
    assertThat(config())
        .contains("listen: \"127.0.0.1:4222\"", "server_name: \"nats-1\"", "ca_file: \"/a.pem\"")
        .doesNotContain(password);
    assertThat(Files.readString(dir.resolve("nats-server-2.conf")))
        .contains("listen: \"127.0.0.2:5222\"", "listen: \"127.0.0.2:7222\"", "nats-2");
    assertThat(dir.resolve("nats-server-3.conf")).exists();
    assertThat(dir.resolve("nats-server-4.conf")).doesNotExist();

    assertThat(init("dom0-9").code()).as("the file is parsed").isZero();
    assertThat(Files.readString(routes)).isEqualTo(text);
    Files.delete(dir.resolve("nats-server.conf"));
    assertThat(init("--cluster", "10.0.0.1,10.0.0.2,10.0.0.3").err()).contains("without TLS");
    assertThat(Files.readString(routes)).contains(password, "@10.0.0.3:6222");
  }

  @Test
  void invalidClusterIsReported() {
    assertThat(init("--cluster", "a,b").err()).contains("--cluster: expected 3 or 5 servers");
    assertThat(init("--cluster", "a,b,b").err()).contains("expected each server once");
    assertThat(init("--cluster", "a,b,c:70000").err()).contains("expected HOST or HOST:PORT");
    assertThat(init("--cluster", "a,b,c d").err()).contains("found 'c d'");
    assertThat(init("--cluster", "a,b,c", "--listen", "a:1").err())
        .contains("not allowed with --cluster");
    assertThat(dir.resolve("routes.conf")).doesNotExist();
  }

  @Test
  void listeningWithoutTlsIsReported() {
    assertThat(init("--listen", "0.0.0.0:4222").err()).contains("without TLS", "tls block");
    dir = temp.resolve("other");
    assertThat(init("--listen", "127.0.0.1:4222").err()).isEmpty();
  }

  @Test
  void unwritableDirectoryIsReported() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    dir = file.resolve("nats");
    CommandResult result = init("dom0-7");
    assertThat(result.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(result.err()).contains(file.toString(), "choose another --dir");
  }
}
