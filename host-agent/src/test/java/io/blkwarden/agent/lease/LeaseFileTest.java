package io.blkwarden.agent.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.throttle.HeldLimit;
import io.blkwarden.agent.throttle.HeldWorker;
import io.blkwarden.agent.throttle.Lease;
import io.blkwarden.agent.throttle.StoredLeases;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.WorkerId;
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
                    n % 2 == 0 ? null : new HeldLimit(20, new DeviceNumber(253, n)),
                    123_456 + n,
                    "swap storm",
                    null,
                    List.of(
                        new HeldWorker(
                            new WorkerId(500 + n, 99),
                            "1.xvda2-0",
                            IoPriority.UNSET,
                            n % 2 == 0 ? null : "/system.slice",
                            List.of(IoPriority.bestEffort(7), IoPriority.IDLE)))))
            .toList());
  }

  private Path file() {
    return directory.resolve("state").resolve("leases.json");
  }

  private LeaseFile leaseFile() {
    return new LeaseFile(directory.resolve("state"));
  }

  @Test
  void whatIsSavedIsFound() {
    StoredLeases leases = leases(3);

    assertThat(leaseFile().save(leases)).isEmpty();

    assertThat(leaseFile().load()).isEqualTo(new LeaseFile.Found.Leases(leases));
  }

  @Test
  void whoOnlyLooksLeavesTheFileAsItIs() throws IOException {
    leaseFile().save(leases(3));
    assertThat(leaseFile().look()).isEqualTo(new LeaseFile.Found.Leases(leases(3)));

    Files.writeString(file(), "{");
    assertThat(leaseFile().look()).isInstanceOf(LeaseFile.Found.Unreadable.class);
    assertThat(file()).hasContent("{");
  }

  @Test
  void nothingIsFoundAtTheFirstStart() {
    assertThat(leaseFile().load()).isEqualTo(new LeaseFile.Found.Nothing());
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    leaseFile().save(leases(1));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void aFileTornAnywhereIsSetAside() throws IOException {
    leaseFile().save(leases(2));
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(), Arrays.copyOf(whole, length));

      assertThat(leaseFile().load())
          .as("cut after %d bytes", length)
          .isInstanceOfSatisfying(
              LeaseFile.Found.SetAside.class,
              found -> assertThat(found.detail()).contains("set aside as").contains(".corrupt"));
      assertThat(file()).doesNotExist();
    }
  }

  @Test
  void aFileThatCannotBeReadIsLeftAsItIs() throws IOException {
    Files.createDirectories(file()); // reading a directory fails, as a bad device does

    assertThat(leaseFile().load()).isInstanceOf(LeaseFile.Found.Unreadable.class);
    assertThat(file()).isDirectory();
    assertThat(file().resolveSibling("leases.json.corrupt")).doesNotExist();
  }

  @Test
  void aForeignFileIsSetAside() throws IOException {
    for (String text :
        List.of(
            "null",
            "[]",
            "{\"format\":\"blkwarden.leases.v2\",\"boot\":\"%s\",\"epoch\":0,\"leases\":[]}"
                .formatted(BOOT),
            "{\"format\":\"blkwarden.leases.v1\",\"epoch\":0,\"leases\":[]}",
            "{\"format\":\"blkwarden.leases.v1\",\"boot\":\"%s\",\"epoch\":-1,\"leases\":[]}"
                .formatted(BOOT))) {
      Files.createDirectories(file().getParent());
      Files.writeString(file(), text);

      assertThat(leaseFile().load()).as(text).isInstanceOf(LeaseFile.Found.SetAside.class);
      assertThat(Files.readString(file().resolveSibling("leases.json.corrupt"), UTF_8))
          .isEqualTo(text);
    }
  }

  @Test
  void aCrashBeforeTheRenameLeavesTheOldLeases() throws IOException {
    leaseFile().save(leases(1));
    Files.writeString(file().resolveSibling("leases.json.new"), "{\"format\":");

    assertThat(leaseFile().load()).isEqualTo(new LeaseFile.Found.Leases(leases(1)));
    assertThat(leaseFile().save(leases(2))).isEmpty();
    assertThat(leaseFile().load()).isEqualTo(new LeaseFile.Found.Leases(leases(2)));
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsTold() throws IOException {
    Files.writeString(directory.resolve("state"), "a file in its place");

    assertThat(leaseFile().save(leases(1)))
        .hasValueSatisfying(fault -> assertThat(fault).contains("cannot be written"));
  }

  @Test
  void oneProcessHasTheLock() {
    StateLock.Attempt first = StateLock.attempt(directory);
    assertThat(first).isInstanceOf(StateLock.Attempt.Taken.class);

    assertThat(StateLock.attempt(directory)).isInstanceOf(StateLock.Attempt.Busy.class);
    ((StateLock.Attempt.Taken) first).lock().close();

    assertThat(StateLock.attempt(directory)).isInstanceOf(StateLock.Attempt.Taken.class);
  }

  @Test
  void aRequestStandsUntilItIsDone() {
    ReleaseRequest request = new ReleaseRequest(directory);
    assertThat(request.stands()).isFalse();

    assertThat(request.make()).isEmpty();
    assertThat(request.make()).as("again").isEmpty();
    assertThat(new ReleaseRequest(directory).stands()).isTrue();
    assertThat(request.done()).isEmpty();

    assertThat(request.stands()).isFalse();
  }
}
