package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command writes; that a server holds to it is seen by the system tests. */
final class NatsInitTest {
  @TempDir Path temp;
  private Path dir = Path.of(".");

  @BeforeEach
  void folder() {
    dir = temp.resolve("nats");
  }

  private Typed init(String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(new String[] {"nats", "init", "--dir", dir.toString()}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Typed.type("", all);
  }

  private String users() throws IOException {
    return Files.readString(dir.resolve("users.conf"));
  }

  private String config() throws IOException {
    return Files.readString(dir.resolve("nats-server.conf"));
  }

  @Test
  void seedsAreSecretAndTheConfigurationHoldsNone() throws IOException {
    Typed typed = init("dom0-7");
    assertThat(typed.code()).as(typed.err()).isZero();
    Path seed = dir.resolve("seeds/host-dom0-7.nk");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed.getParent())))
        .isEqualTo("rwx------");
    assertThat(config()).doesNotContain("SU");
    assertThat(users())
        .contains("# host dom0-7", "blkwarden.v1.command.dom0-7", "# the controllers")
        .doesNotContain(Files.readAllLines(seed).getLast());
  }

  @Test
  void hostsAreAddedAndSeedsKept() throws IOException {
    assertThat(init("dom0-7").code()).isZero();
    String seed = Files.readString(dir.resolve("seeds/host-dom0-7.nk"));
    Path more = Files.writeString(temp.resolve("hosts"), "# rack 2\ndom0-8\n\ndom0.example\n");

    Typed typed = init("--hosts-file", more.toString());
    assertThat(typed.out()).contains("3 hosts, 2 of them new");
    assertThat(users()).contains("# host dom0-7", "# host dom0-8", "# host dom0%2Eexample");
    assertThat(Files.readString(dir.resolve("seeds/host-dom0-7.nk"))).isEqualTo(seed);

    Files.delete(dir.resolve("seeds/host-dom0-8.nk"));
    assertThat(init().code()).isZero();
    assertThat(users()).doesNotContain("dom0-8");
  }

  @Test
  void whatAnOperatorEditedAndThePrefixAreKept() throws IOException {
    assertThat(init("--listen", "10.0.0.1:4222", "--prefix", "xen.v1", "dom0-7").code()).isZero();
    Path conf = dir.resolve("nats-server.conf");
    String edited = config().replace("max_payload: 1MB", "max_payload: 2MB");
    Files.writeString(conf, edited);

    assertThat(init("dom0-8").code()).isZero();
    assertThat(config()).isEqualTo(edited).contains("10.0.0.1:4222");
    assertThat(users()).contains("xen.v1.command.dom0-8").doesNotContain("blkwarden.v1");

    Typed refused = init("--listen", "10.0.0.2:4222");
    assertThat(refused.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.err()).contains(conf.toString(), "edit it, or move it away");
    assertThat(config()).isEqualTo(edited);
  }

  @Test
  void whatCannotBeIsSaid() throws IOException {
    assertThat(init("_fleet").err()).contains("_fleet stands for the whole fleet; name a dom0");
    assertThat(init("--hosts-file", temp.resolve("none").toString()).err())
        .contains("--hosts-file: expected a text file that can be read", "none (NoSuchFile");
    assertThat(init("two words").err()).contains("expected no blanks");
    assertThat(init("--tls-cert", "a.pem").err()).contains("expected both or none");
    Path hosts = Files.writeString(temp.resolve("hosts"), "dom0-7\n_fleet\n");
    Typed bad = init("--hosts-file", hosts.toString());
    assertThat(bad.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(bad.err()).contains("hosts:2: host: _fleet");

    assertThat(init("dom0-7").code()).isZero();
    Path seed = dir.resolve("seeds/host-dom0-7.nk");
    String text = Files.readString(seed);
    Files.writeString(seed, "nonsense\n");
    Typed broken = init();
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

  /** The server would refuse the list; when it reloads, in its log only. */
  @Test
  void aSeedThatTwoHaveIsSaid() throws IOException {
    assertThat(init("dom0-7", "dom0-8").code()).isZero();
    String before = users();
    Path copy = dir.resolve("seeds/host-dom0-8.nk");
    Path whose = dir.resolve("seeds/host-dom0-7.nk");
    Files.copy(whose, copy, StandardCopyOption.REPLACE_EXISTING);

    Typed refused = init("dom0-9");
    assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err())
        .contains(copy + ": holds the same seed as " + whose, "move it away for a new one");
    assertThat(users()).isEqualTo(before);
    Files.delete(copy);
    assertThat(init().code()).isZero();
  }

  @Test
  void aRunThatEndedHalfWayIsTakenUp() throws IOException {
    Path full = Files.createDirectories(dir.resolve("seeds/host-dom0-8.nk.new/full"));
    Typed failed = init("dom0-7", "dom0-8");
    assertThat(failed.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(failed.err())
        .contains("host-dom0-8.nk.new: DirectoryNotEmpty", "free space", "run it again");
    String seed = Files.readString(dir.resolve("seeds/host-dom0-7.nk"));
    assertThat(dir.resolve("seeds/host-dom0-8.nk")).doesNotExist();
    assertThat(dir.resolve("users.conf")).doesNotExist();

    Files.delete(full);
    Files.delete(full.getParent());
    Files.writeString(full.getParent(), "SUHALF");
    assertThat(init("dom0-7", "dom0-8").out()).contains("2 hosts, 1 of them new");
    assertThat(Files.readString(dir.resolve("seeds/host-dom0-7.nk"))).isEqualTo(seed);
    assertThat(dir.resolve("seeds").toFile().list())
        .containsExactlyInAnyOrder(
            "controller.nk", "operator.nk", "viewer.nk", "host-dom0-7.nk", "host-dom0-8.nk");
    assertThat(dir.toFile().list())
        .containsExactlyInAnyOrder("nats-server.conf", "users.conf", "seeds");
  }

  @Test
  void anOpenDoorIsSaid() {
    assertThat(init("--listen", "0.0.0.0:4222").err()).contains("without TLS", "tls block");
    dir = temp.resolve("other");
    assertThat(init("--listen", "127.0.0.1:4222").err()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaid() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    dir = file.resolve("nats");
    Typed typed = init("dom0-7");
    assertThat(typed.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(typed.err()).contains(file.toString(), "choose another --dir");
  }
}
