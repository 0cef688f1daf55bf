package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.Lease.LeaseLimit;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseFileTest {
  private static final UUID BOOT = new UUID(1, 2);

  @TempDir Path directory;

  static StoredLeases leases(int count) {
    Random random = new Random(count);
    return new StoredLeases(
        BOOT,
        count,
        IntStream.range(0, count)
            .mapToObj(n ->
                new Lease(
                    MessageId.of(n, random),
                    new DomainRef(new UUID(7, n), n + 1, "vm \"" + n + "\"\n"),
                    "xvda2",
                    n % 2 == 0 ? IoPriority.IDLE : null,
                    n % 2 == 0 ? null : new LeaseLimit(20, new DeviceNumber(253, n)),
                    123_456 + n,
                    "swap storm",
                    null,
                    List.of(
                        new LeasedWorker(
                            new WorkerId(500 + n, 99),
                            "1.xvda2-0",
                            IoPriority.UNSET,
                            n % 2 == 0 ? null : "/system.slice",
                            List.of(IoPriority.bestEffort(7), IoPriority.IDLE),
                            WorkerKind.BLKBACK)),
                    n % 2 == 0 ? null : true))
            .toList(),
        PendingRestores.NONE);
  }

  private Path file() {
    return directory.resolve("state").resolve("leases.json");
  }

  private LeaseFile leaseFile() {
    return new LeaseFile(directory.resolve("state"));
  }

  @Test
  void loadsWhatWasSaved() {
    StoredLeases leases = leases(3);

    assertThat(leaseFile().save(leases)).isEmpty();

    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases));
  }

  @Test
  void peekDoesNotChangeFiles() throws IOException {
    leaseFile().save(leases(3));
    assertThat(leaseFile().peek()).isEqualTo(FoundLeases.of(leases(3)));

    Files.writeString(file(), "{");
    assertThat(leaseFile().peek().faults()).hasSize(1);
    assertThat(file()).hasContent("{");
  }

  @Test
  void firstStartFindsNothing() {
    assertThat(leaseFile().load()).isEqualTo(FoundLeases.NOTHING);
  }

  @Test
  void filesAreReadableByTheOwnerOnly() throws IOException {
    leaseFile().save(leases(1));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
        .isEqualTo("rwx------");
  }

  private Path copy() {
    return file().resolveSibling("leases.copy");
  }

  @Test
  void eitherFileIsSufficient() throws IOException {
    leaseFile().save(leases(3));
    Files.delete(copy());
    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases(3)));

    leaseFile().save(leases(4));
    Files.delete(file());
    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases(4)));
  }

  @Test
  void copyReplacesATruncatedFile() throws IOException {
    leaseFile().save(leases(2));
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(), Arrays.copyOf(whole, length));

      FoundLeases found = leaseFile().load();

      assertThat(found.stored()).as("truncated after %d bytes", length).contains(leases(2));
      assertThat(found.lost()).isFalse();
      assertThat(found.faults())
          .singleElement()
          .asString()
          .contains("renamed to")
          .contains(".corrupt");
      assertThat(file()).doesNotExist();
    }
  }

  @Test
  void fileReplacesATruncatedCopy() throws IOException {
    leaseFile().save(leases(2));
    byte[] whole = Files.readAllBytes(copy());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(copy(), Arrays.copyOf(whole, length));

      assertThat(leaseFile().load().stored())
          .as("truncated after %d bytes", length)
          .contains(leases(2));
    }
  }

  @Test
  void changedByteInTheCopyIsDetected() throws IOException {
    leaseFile().save(leases(3));
    byte[] whole = Files.readAllBytes(copy());
    Files.delete(file());
    for (int at = 0; at < whole.length; at += 11) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(copy(), changed);

      FoundLeases found = leaseFile().peek();

      assertThat(found.stored()).as("byte %d", at).isEmpty();
      assertThat(found.lost()).isTrue();
      assertThat(found.salvaged().stream().flatMap(each -> each.leases().stream()))
          .isSubsetOf(leases(3).leases());
    }
  }

  @Test
  void truncatedFileIsSalvaged() throws IOException {
    leaseFile().save(leases(2));
    Files.delete(copy());
    String text = Files.readString(file());
    int second = text.indexOf("{\"id\":\"", text.indexOf("\"leases\"") + 30);
    int worker = text.indexOf("{\"id\":{", second);

    Files.writeString(file(), text.substring(0, worker + 40)); // in the second lease's worker

    SalvagedLeases salvaged = leaseFile().load().salvaged().getFirst();
    assertThat(salvaged.boot()).isEqualTo(BOOT);
    assertThat(salvaged.leases()).containsExactly(leases(2).leases().getFirst());
    assertThat(salvaged.named()).containsExactly(new WorkerId(501, 99));
  }

  @Test
  void unknownFieldsAreIgnored() throws IOException {
    leaseFile().save(leases(2));
    String text = Files.readString(file());
    Files.writeString(
        file(),
        text.replace("\"boot\"", "\"newer\":{\"a\":[1]},\"boot\"")
            .replace("\"vdev\"", "\"newer\":1,\"vdev\"")
            .replace("\"comm\"", "\"newer\":null,\"comm\""));
    Files.delete(copy());

    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases(2)));
  }

  @Test
  void leasesOfAnUnknownVersionAreRestored() throws IOException {
    leaseFile().save(leases(2));
    Files.writeString(file(), Files.readString(file()).replace("leases.v1", "leases.v2"));
    Files.delete(copy());

    FoundLeases found = leaseFile().load();

    assertThat(found.stored()).isEmpty();
    assertThat(found.salvaged().getFirst().leases()).isEqualTo(leases(2).leases());
  }

  @Test
  void unreadableFileIsLeftAlone() throws IOException {
    Files.createDirectories(file()); // reading a directory fails, as a bad device does

    FoundLeases found = leaseFile().load();

    assertThat(found.stored()).isEmpty();
    assertThat(found.lost()).isTrue();
    assertThat(file()).isDirectory();
    assertThat(leaseFile().save(leases(1))).as("the copy is written").isEmpty();
    assertThat(leaseFile().load().stored()).contains(leases(1));
  }

  @Test
  void foreignFileIsRenamed() throws IOException {
    for (String text :
        List.of(
            "null",
            "[]",
            "{\"format\":\"blkwarden.leases.v1\",\"epoch\":0,\"leases\":[]}",
            "{\"format\":\"blkwarden.leases.v1\",\"boot\":\"%s\",\"epoch\":-1,\"leases\":[]}"
                .formatted(BOOT))) {
      Files.createDirectories(file().getParent());
      Files.writeString(file(), text);

      assertThat(leaseFile().load().faults()).as(text).hasSize(1);
      assertThat(Files.readString(file().resolveSibling("leases.json.corrupt"), UTF_8))
          .isEqualTo(text);
    }
  }

  @Test
  void crashBeforeTheRenameKeepsTheOldLeases() throws IOException {
    leaseFile().save(leases(1));
    Files.writeString(file().resolveSibling("leases.json.new"), "{\"format\":");

    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases(1)));
    assertThat(leaseFile().save(leases(2))).isEmpty();
    assertThat(leaseFile().load()).isEqualTo(FoundLeases.of(leases(2)));
  }

  @Test
  void oneUnwritableDirectoryIsDegradedAndBothAreAFault() throws IOException {
    StateFolders folders = new StateFolders(directory.resolve("a"), directory.resolve("b"));
    LeaseFile file = new LeaseFile(folders);
    Files.writeString(folders.main(), "a file in its place");

    assertThat(file.save(leases(1))).isEmpty();
    assertThat(file.degraded()).get().asString().contains("cannot be written");
    assertThat(new LeaseFile(folders).load().stored()).contains(leases(1));

    Files.delete(folders.copies().resolve("leases.copy"));
    Files.delete(folders.copies());
    Files.writeString(folders.copies(), "a file in its place");
    assertThat(file.save(leases(1))).get().asString().contains("cannot be written");
  }

  @Test
  void lockNeedsOneUsableDirectory() throws IOException {
    StateFolders folders = new StateFolders(directory.resolve("a"), directory.resolve("b"));
    Files.writeString(folders.main(), "a file in its place");

    StateLock.Attempt first = StateLock.attempt(folders);

    assertThat(first).isInstanceOf(StateLock.Attempt.Taken.class);
    assertThat(StateLock.attempt(folders)).isInstanceOf(StateLock.Attempt.Busy.class);
    ((StateLock.Attempt.Taken) first).lock().close();
  }

  @Test
  void lockIsExclusive() {
    StateLock.Attempt first = StateLock.attempt(StateFolders.beside(directory));
    assertThat(first).isInstanceOf(StateLock.Attempt.Taken.class);

    assertThat(StateLock.attempt(StateFolders.beside(directory)))
        .isInstanceOf(StateLock.Attempt.Busy.class);
    ((StateLock.Attempt.Taken) first).lock().close();

    assertThat(StateLock.attempt(StateFolders.beside(directory)))
        .isInstanceOf(StateLock.Attempt.Taken.class);
  }

  @Test
  void requestIsPendingUntilRemoved() {
    StateRequest request = StateRequest.releaseAll(directory);
    assertThat(request.isPending()).isFalse();

    assertThat(request.make()).isEmpty();
    assertThat(request.make()).as("again").isEmpty();
    assertThat(StateRequest.releaseAll(directory).isPending()).isTrue();
    assertThat(request.remove()).isEmpty();

    assertThat(request.isPending()).isFalse();
  }
}
