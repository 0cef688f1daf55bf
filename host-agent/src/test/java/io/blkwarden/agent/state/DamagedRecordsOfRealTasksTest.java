package io.blkwarden.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.lease.CommandGate;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.WorkerKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged lease files with real tasks, system calls and files. */
final class DamagedRecordsOfRealTasksTest {
  private static final UUID BOOT = new UUID(1, 2);

  @TempDir Path directory;
  private final Random random = new Random(3);
  private final LinuxIoPriorities priorities = LinuxIoPriorities.open().toOptional().orElseThrow();
  private final KernelFiles files = RootedFiles.below(Path.of("/")).toOptional().orElseThrow();
  private final Process process;

  DamagedRecordsOfRealTasksTest() throws Exception {
    process = new ProcessBuilder("sleep", "600").start();
  }

  private int pid() {
    return (int) process.pid();
  }

  @BeforeEach
  void throttled() {
    TaskStat stat = TaskStat.read(files, pid()).toOptional().orElseThrow();
    IoPriority prior = IoPriority.bestEffort(2);
    Lease lease =
        new Lease(
            MessageId.of(1, random),
            new DomainRef(new UUID(7, 7), 7, "vm7"),
            "xvda2",
            IoPriority.IDLE,
            null,
            Long.MAX_VALUE,
            "swap storm",
            null,
            List.of(
                new LeasedWorker(
                    stat.id(),
                    stat.comm(),
                    prior,
                    null,
                    List.of(IoPriority.IDLE),
                    WorkerKind.BLKBACK)),
            null);
    assertThat(
            new LeaseFile(directory)
                .save(new StoredLeases(BOOT, 1, List.of(lease), PendingRestores.NONE)))
        .isEmpty();
    assertThat(priorities.set(pid(), IoPriority.IDLE)).isEmpty();
  }

  @AfterEach
  void end() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The next agent; it takes a process for a kernel thread. */
  private Throttler recovered() {
    Throttler throttler =
        new Throttler(
            BOOT,
            new CommandGate(new HostId("dom0-7"), false, 0),
            _ -> Optional.empty(),
            pid ->
                TaskStat.read(files, pid)
                    .map(stat -> new TaskStat(stat.id(), stat.comm(), 2, 0x20_0000)),
            priorities,
            LimitGroups.none("no cgroups here"),
            new LeaseFile(directory),
            new Outcomes(new HostId("dom0-7"), BOOT, () -> Instant.EPOCH, random));
    throttler.recover(new LeaseFile(directory).load(), 1, 0);
    return throttler;
  }

  @Test
  void truncatedFileWithoutACopyIsRestored() throws Exception {
    Path json = directory.resolve("leases.json");
    byte[] bytes = Files.readAllBytes(json);
    Files.write(json, Arrays.copyOf(bytes, bytes.length - 2));
    Files.delete(directory.resolve("leases.copy"));

    recovered();

    assertThat(priorities.get(pid())).isEqualTo(ReadResult.present(IoPriority.bestEffort(2)));
  }

  @Test
  void copyAloneKeepsTheLease() throws Exception {
    Files.write(directory.resolve("leases.json"), new byte[4_096]);

    Throttler throttler = recovered();
    assertThat(throttler.table().all()).hasSize(1);
    assertThat(throttler.expire(Long.MAX_VALUE)).hasSize(1);

    assertThat(priorities.get(pid())).isEqualTo(ReadResult.present(IoPriority.bestEffort(2)));
  }
}
