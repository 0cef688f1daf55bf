package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases across agent restarts. */
final class LeasesOverRestartTest {
  @TempDir Path state;

  /** The state after a kill between setting a priority and storing it. */
  private static Lease left(RunningAgent agent, MappedDisk disk) {
    List<LeasedWorker> held =
        disk.workers().stream()
            .map(worker ->
                new LeasedWorker(
                    worker.id(),
                    worker.comm(),
                    IoPriority.UNSET,
                    null,
                    List.of(IoPriority.IDLE),
                    WorkerKind.BLKBACK))
            .toList();
    return new Lease(
        agent.newId(),
        disk.domain(),
        disk.disk().vdev(),
        IoPriority.IDLE,
        null,
        RunningAgent.nowMillis() + 600_000,
        "swap storm",
        null,
        held,
        null);
  }

  @Test
  void takesOverLeasesOfACrashedAgentFirst() throws Exception {
    try (RunningAgent agent = new RunningAgent(state)) {
      MappedDisk disk = agent.swapDisk();
      agent.stopAndForget();
      disk.workers()
          .forEach(worker -> assertThat(agent.host.set(worker.pid(), IoPriority.IDLE)).isEmpty());
      UUID boot = ProcFiles.bootId(agent.host).toOptional().orElseThrow();
      assertThat(
              agent.leases.save(
                  new StoredLeases(boot, 3, List.of(left(agent, disk)), PendingRestores.NONE)))
          .isEmpty();

      agent.runAgain(false);

      agent.awaitOutcome(Result.ADOPTED);
      agent.assertPriorities(disk, IoPriority.IDLE);
      agent.swapDisk();
      assertThat(agent.ask(agent.idle(disk, 10_000)).refusal())
          .isEqualTo(Outcome.Refusal.STALE_EPOCH);
      agent.stop();
      agent.assertPriorities(disk, IoPriority.UNSET);
    }
  }

  @Test
  void upgradeHandsLeasesToTheNextAgent() throws Exception {
    try (RunningAgent agent = new RunningAgent(state)) {
      MappedDisk disk = agent.swapDisk();
      assertThat(agent.ask(agent.idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
      agent.handOver();
      agent.assertPriorities(disk, IoPriority.IDLE);
      agent.runAgain(false);
      agent.awaitOutcome(Result.ADOPTED);
      agent.assertPriorities(disk, IoPriority.IDLE);
      agent.stop();
      agent.assertPriorities(disk, IoPriority.UNSET);
    }
  }
}
