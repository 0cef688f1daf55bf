package io.blkwarden.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Throttles of a tapdisk with two threads, as it serves qcow2 images. */
final class TapdiskThrottleTest {
  private final TestHost host = new TestHost();
  private final FakeCgroups groups = host.kernel.groups();
  private final MessageId lease = host.id();
  private final MappedDisk disk = tapdisk(1);

  private MappedDisk tapdisk(int domid) {
    List<Worker> threads = List.of(thread(331, false), thread(900, false));
    MappedDisk served = TestHost.disk(domid, "xvda2", MappingState.RESOLVED, null, threads);
    host.disks.add(served);
    groups.put(331, "/vm.slice");
    groups.put(900, "/vm.slice");
    return served;
  }

  private Worker thread(int tid, boolean kernelThread) {
    WorkerId id = host.kernel.start(tid, "tapdisk", kernelThread);
    return new Worker(
        WorkerKind.TAPDISK, null, id.pid(), id.startTicks(), "tapdisk", null, Proof.OPEN_FILES);
  }

  private Outcome idle() {
    return host.send(host.request(disk, lease, IoPriority.IDLE, 60_000));
  }

  @Test
  void allThreadsAreSetAndRestored() {
    assertThat(idle().result()).isEqualTo(Result.APPLIED);
    assertThat(host.kernel.priority(331)).isEqualTo(IoPriority.IDLE);
    assertThat(host.kernel.priority(900)).isEqualTo(IoPriority.IDLE);

    host.restart(); // its record must say that these are no kernel threads
    host.send(new CommandAction.Reset(lease));
    assertThat(host.kernel.priority(331)).isEqualTo(IoPriority.UNSET);
    assertThat(host.kernel.priority(900)).isEqualTo(IoPriority.UNSET);
  }

  @Test
  void priorGroupIsRestoredAfterALimit() {
    Outcome outcome = host.send(host.limit(disk, lease, 20, 60_000));
    assertThat(outcome.result()).as(outcome.detail()).isEqualTo(Result.APPLIED);
    assertThat(groups.at(331)).isNotEqualTo("/vm.slice");

    host.send(new CommandAction.Reset(lease));
    assertThat(groups.at(331)).isEqualTo("/vm.slice");
    assertThat(groups.at(900)).isEqualTo("/vm.slice");
  }

  @Test
  void kernelThreadWithItsPidIsRefused() {
    host.kernel.replaceAtOnce(900, "tapdisk", true);

    Outcome outcome = idle();
    assertThat(outcome.result()).isNotEqualTo(Result.APPLIED);
    assertThat(outcome.detail()).contains("expected a process, found a kernel thread");
    assertThat(host.kernel.calls()).isEmpty();
  }

  @Test
  void throttleThatWouldHitAnotherGuestIsRefused() {
    host.disks.add(TestHost.disk(2, "xvdd", MappingState.RESOLVED, null, disk.workers()));

    Outcome outcome = idle();
    assertThat(outcome.refusal()).isEqualTo(Refusal.GATE);
    assertThat(outcome.detail()).contains("also a worker of domain=vm2 disk=xvdd");
    assertThat(host.kernel.calls()).isEmpty();
  }
}
