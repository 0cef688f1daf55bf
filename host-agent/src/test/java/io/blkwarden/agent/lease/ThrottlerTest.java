package io.blkwarden.agent.lease;

import static io.blkwarden.model.IoPriority.IDLE;
import static io.blkwarden.model.IoPriority.UNSET;
import static io.blkwarden.model.IoPriority.bestEffort;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Refusal;
import io.blkwarden.model.message.Outcome.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ThrottlerTest {
  private final TestHost host = new TestHost();
  private final MappedDisk disk = host.addDisk(137, "xvda2", 500, 2);
  private final MessageId lease = host.id();

  private Outcome set(IoPriority priority) {
    return host.send(host.request(disk, lease, priority, 60_000));
  }

  @Test
  void leaseExpires() {
    set(IDLE);

    assertThat(host.later(59_999)).isEmpty();
    List<Outcome> ended = host.later(1);

    assertThat(ended).extracting(Outcome::result).containsExactly(Result.EXPIRED);
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
    assertThat(host.store.last.orElseThrow().leases()).isEmpty();
  }

  @Test
  void renewalKeepsThePriorPriority() {
    host.kernel.ionice(500, bestEffort(2));
    set(bestEffort(7));
    assertThat(set(bestEffort(7)).result()).isEqualTo(Result.RENEWED);
    assertThat(set(IDLE).result()).isEqualTo(Result.APPLIED);
    host.nowMillis += 30_000;
    assertThat(set(IDLE).remainingMs()).isEqualTo(60_000);

    host.send(new CommandAction.Reset(lease));

    assertThat(host.kernel.priority(500)).isEqualTo(bestEffort(2));
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void leaseIsStoredBeforeTheFirstChange() {
    host.store.broken = true;

    Outcome outcome = set(IDLE);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(outcome.detail()).contains("ENOSPC");
    assertThat(host.kernel.calls()).isEmpty();
    assertThat(host.throttler.table().all()).isEmpty();
  }

  @Test
  void kernelErrorRestoresTheOtherWorkers() {
    host.kernel.refuse(501, true);

    Outcome outcome = set(IDLE);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(outcome.detail()).contains("EPERM");
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
    assertThat(host.throttler.table().all()).isEmpty();
  }

  @Test
  void workerEndingDuringTheCallIsDetected() {
    host.kernel.beforeNextSet(() -> host.kernel.start(500, "bash", false));

    Outcome outcome = set(IDLE);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(outcome.detail()).contains("was reused").contains("was restored");
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void foreignChangeIsLeftAlone() {
    set(IDLE);
    host.kernel.ionice(500, bestEffort(3));

    Outcome outcome = host.send(new CommandAction.Reset(lease));

    assertThat(outcome.result()).isEqualTo(Result.RELEASED);
    assertThat(outcome.detail()).contains("pid 500: left at best-effort/3");
    assertThat(host.kernel.priority(500)).isEqualTo(bestEffort(3));
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void foreignEarlierStepIsLeftAlone() {
    set(bestEffort(7));
    set(IDLE);
    host.kernel.ionice(500, bestEffort(7));

    host.send(new CommandAction.Reset(lease));

    assertThat(host.kernel.priority(500)).isEqualTo(bestEffort(7));
  }

  @Test
  void stepIsRefusedAfterAForeignChange() {
    set(bestEffort(7));
    host.kernel.ionice(500, bestEffort(1));

    assertUndone(set(IDLE));
  }

  @Test
  void undoneLeaseIsNotRenewed() {
    set(bestEffort(7));
    host.kernel.ionice(500, bestEffort(1));

    assertUndone(set(bestEffort(7)));
  }

  @Test
  void undoneLeaseEndsAtTheNextCheck() {
    set(bestEffort(7));
    assertThat(host.throttler.endUndone(host.nowMillis)).isEmpty();
    host.kernel.ionice(500, bestEffort(1));

    assertUndone(host.throttler.endUndone(host.nowMillis).getFirst());
    assertThat(host.throttler.table().all()).isEmpty();
    assertThat(host.throttler.endUndone(host.nowMillis)).isEmpty();
  }

  private void assertUndone(Outcome outcome) {
    assertThat(outcome.result()).isEqualTo(Result.RELEASED);
    assertThat(outcome.cause()).isEqualTo(Outcome.Cause.UNDONE);
    assertThat(outcome.detail())
        .contains("pid 500: found best-effort/1", "the lease set best-effort/7");
    assertThat(host.kernel.priority(500)).as("left alone").isEqualTo(bestEffort(1));
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void failedRestoreIsRetried() {
    set(IDLE);
    host.kernel.refuse(501, true);

    List<Outcome> first = host.later(60_000);
    assertThat(first).extracting(Outcome::result).containsExactly(Result.FAILED);
    assertThat(host.later(1_000)).isEmpty();
    assertThat(set(IDLE).refusal()).isEqualTo(Refusal.HELD);
    host.kernel.refuse(501, false);
    List<Outcome> last = host.later(1_000);

    assertThat(last).extracting(Outcome::result).containsExactly(Result.EXPIRED);
    assertThat(host.kernel.priority(501)).isEqualTo(UNSET);
  }

  @Test
  void taskWithSamePidAndStartTimeIsUnchanged() {
    set(IDLE);
    host.kernel.replaceAtOnce(500, "backup", false);
    int calls = host.kernel.calls().size();

    List<Outcome> ended = host.later(1_000);

    assertThat(ended).extracting(Outcome::result).containsExactly(Result.GONE);
    assertThat(host.kernel.calls().subList(calls, host.kernel.calls().size()))
        .containsExactly("501 none");
  }

  @Test
  void restartedWorkerEndsTheLease() {
    set(IDLE);
    host.kernel.end(500);

    List<Outcome> ended = host.later(1_000);

    assertThat(ended).extracting(Outcome::result).containsExactly(Result.GONE);
    assertThat(host.kernel.priority(501)).as("the remaining ring").isEqualTo(UNSET);
  }

  @Test
  void additionalRingsEndTheLease() {
    set(IDLE);
    host.disks.clear();
    List<Worker> more = new ArrayList<>(disk.workers());
    more.add(TestHost.worker(host.kernel.start(502, "137.xvda2-2"), "137.xvda2-2", 2));
    host.disks.add(TestHost.disk(137, "xvda2", MappingState.RESOLVED, null, more));

    assertThat(host.later(1_000)).extracting(Outcome::result).containsExactly(Result.GONE);
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
  }

  @Test
  void releaseAllReportsEachLease() {
    MappedDisk second = host.addDisk(138, "xvda2", 600, 1);
    set(IDLE);
    host.send(host.request(second, host.id(), IDLE, 60_000));

    CommandResult handled = host.send(host.command(new CommandAction.ReleaseAll()));

    assertThat(handled.reply().detail()).isEqualTo("2 leases ended, 0 pending");
    assertThat(handled.published())
        .extracting(Outcome::result)
        .containsExactly(Result.RELEASED, Result.RELEASED, Result.DONE);
    assertThat(host.kernel.priority(600)).isEqualTo(UNSET);
  }

  @Test
  void restartResumesLeases() {
    set(IDLE);
    host.nowMillis += 10_000;

    List<Outcome> found = host.restart();

    assertThat(found).extracting(Outcome::result).containsExactly(Result.ADOPTED);
    assertThat(found.getFirst().remainingMs()).isEqualTo(50_000);
    assertThat(host.later(50_000)).extracting(Outcome::result).containsExactly(Result.EXPIRED);
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
  }

  @Test
  void lateRestartRestores() {
    set(IDLE);
    host.nowMillis += 60_000;

    assertThat(host.restart()).extracting(Outcome::result).containsExactly(Result.RECOVERED);
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
  }

  @Test
  void restartRestoresAPartialChange() {
    set(IDLE);
    host.kernel.ionice(501, UNSET);

    assertThat(host.restart()).extracting(Outcome::result).containsExactly(Result.RECOVERED);
    assertThat(host.kernel.priority(500)).isEqualTo(UNSET);
  }

  @Test
  void leaseEndedByARestartDoesNotStartAgain() {
    set(IDLE);
    host.kernel.ionice(501, UNSET);
    assertThat(host.restart()).extracting(Outcome::result).containsExactly(Result.RECOVERED);
    int calls = host.kernel.calls().size();

    Outcome again = set(IDLE);

    assertThat(again.refusal()).isEqualTo(Outcome.Refusal.EXPIRED);
    assertThat(host.kernel.calls()).hasSize(calls);
    assertThat(host.throttler.table().all()).isEmpty();
  }

  @Test
  void leasesOfAnotherBootAreDropped() {
    set(IDLE);
    host.boot = new UUID(3, 4);
    host.kernel.start(500, "someone");
    host.kernel.ionice(500, IDLE);

    assertThat(host.restart()).extracting(Outcome::result).containsExactly(Result.GONE);
    assertThat(host.kernel.priority(500)).as("a task with the reused pid").isEqualTo(IDLE);
    assertThat(host.throttler.table().all()).isEmpty();
  }

  @Test
  void unstoredRenewalKeepsTheLease() {
    set(IDLE);
    host.nowMillis += 50_000;
    host.store.broken = true;

    assertThat(set(IDLE).result()).isEqualTo(Result.FAILED);
    assertThat(host.later(10_000)).extracting(Outcome::result).containsExactly(Result.EXPIRED);
  }
}
