package io.blkwarden.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits: one cgroup per lease, all rings in it or none, and nothing left afterwards. */
final class LimitTest {
  private final TestHost host = new TestHost();
  private final FakeCgroups groups = host.kernel.groups();
  private final MessageId lease = host.id();
  private final String group = LimitGroups.TOP + "/" + lease;
  private MappedDisk disk;

  @BeforeEach
  void addDisk() {
    disk = host.addDisk(1, "xvda2", 600, 2);
  }

  private Outcome limit(int perSecond) {
    return host.send(host.limit(disk, lease, perSecond, 60_000));
  }

  private void assertNothingIsLeft() {
    assertThat(host.throttler.table().all()).isEmpty();
    assertThat(groups.ours()).isEmpty();
    assertThat(groups.at(600)).isEqualTo(LimitGroups.ROOT);
    assertThat(groups.at(601)).isEqualTo("/machine.slice");
    assertThat(host.kernel.priority(600)).isEqualTo(IoPriority.UNSET);
  }

  @Test
  void limitIsSetBeforeThreadsAreMoved() {
    groups.put(601, "/machine.slice");
    Outcome outcome = limit(20);

    assertThat(outcome.result()).isEqualTo(Result.APPLIED);
    assertThat(outcome.limitPerS()).isEqualTo(20);
    assertThat(outcome.detail()).isEqualTo("2 workers set to limit 20/s: swap storm");
    assertThat(host.kernel.calls())
        .containsExactly(group + " 253:1 20", "600 -> " + group, "601 -> " + group);
    assertThat(host.throttler.table().all())
        .singleElement()
        .satisfies(held -> assertThat(held.restraint()).hasToString("limit 20/s"));

    assertThat(host.send(new CommandAction.Reset(lease)).result()).isEqualTo(Result.RELEASED);
    assertNothingIsLeft();
  }

  @Test
  void partitionIsLimitedOnItsDisk() {
    groups.partition(new DeviceNumber(253, 1), new DeviceNumber(8, 16));
    Outcome outcome = limit(20);

    assertThat(outcome.result()).isEqualTo(Result.APPLIED);
    assertThat(host.kernel.calls()).first().isEqualTo(group + " 8:16 20");
    assertThat(host.later(1)).isEmpty();
    groups.dropRule(group);
    assertThat(host.later(1))
        .singleElement()
        .satisfies(undone -> assertThat(undone.detail()).contains("8:16"));
  }

  @Test
  void refusesWhenLimitsAreUnavailable() {
    groups.unavailable("cgroup.controllers: expected io, found 'cpu'");
    Outcome outcome = limit(20);

    assertThat(outcome.refusal()).isEqualTo(Outcome.Refusal.GATE);
    assertThat(outcome.detail()).contains("limits are unavailable").contains("expected io");
    assertThat(host.kernel.calls()).isEmpty();
    assertThat(host.throttler.limitAvailable()).isFalse();
  }

  @Test
  void failedMoveMovesAllBack() {
    groups.put(601, "/machine.slice");
    host.kernel.refuse(601, true);
    Outcome outcome = limit(20);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(outcome.detail()).contains("pid 601");
    assertNothingIsLeft();
  }

  @Test
  void ladderStepsBetweenPriorityAndLimit() {
    groups.put(601, "/machine.slice");
    host.send(host.request(disk, lease, IoPriority.IDLE, 60_000));
    assertThat(limit(20).result()).isEqualTo(Result.APPLIED);
    assertThat(groups.at(601)).isEqualTo(group);
    assertThat(host.kernel.priority(600)).isEqualTo(IoPriority.UNSET);

    assertThat(limit(10).result()).isEqualTo(Result.APPLIED);
    assertThat(limit(10).result()).isEqualTo(Result.RENEWED);

    host.send(host.request(disk, lease, IoPriority.bestEffort(7), 60_000));
    assertThat(groups.at(601)).isEqualTo("/machine.slice");
    assertThat(groups.ours()).isEmpty();
    assertThat(host.kernel.priority(601)).isEqualTo(IoPriority.bestEffort(7));

    host.later(60_000);
    assertNothingIsLeft();
  }

  @Test
  void movedThreadEndsTheLimit() {
    groups.put(601, "/machine.slice");
    limit(20);
    groups.put(600, LimitGroups.ROOT);

    assertThat(host.later(1_000))
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.result()).isEqualTo(Result.RELEASED);
          assertThat(outcome.cause()).isEqualTo(Outcome.Cause.UNDONE);
          assertThat(outcome.detail()).contains("pid 600: expected in " + group + ", found /");
          assertThat(outcome.limitPerS()).isEqualTo(20);
        });
    assertNothingIsLeft();
  }

  @Test
  void removedLimitEndsTheLease() {
    limit(20);
    groups.dropRule(group);

    assertThat(host.later(1_000))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.cause()).isEqualTo(Outcome.Cause.UNDONE));
  }

  @Test
  void guestRebootEndsTheLimit() {
    limit(20);
    for (int pid : List.of(600, 601)) {
      host.kernel.end(pid);
    }
    assertThat(host.later(1_000))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.result()).isEqualTo(Result.GONE));
    assertThat(groups.ours()).isEmpty();
  }

  @Test
  void newRingThreadEndsTheLimit() {
    limit(20);
    host.disks.set(
        0,
        TestHost.disk(
            1,
            "xvda2",
            MappingState.RESOLVED,
            null,
            List.of(
                disk.workers().getFirst(),
                TestHost.worker(host.kernel.start(601, "1.xvda2-1"), "1.xvda2-1", 1))));

    assertThat(host.later(1_000))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.result()).isEqualTo(Result.GONE));
    assertThat(groups.ours()).isEmpty();
    assertThat(groups.at(600)).isEqualTo(LimitGroups.ROOT);
  }

  @Test
  void cgroupRemovalIsRetried() {
    limit(20);
    groups.stuck(true);
    assertThat(host.send(new CommandAction.Reset(lease)).result()).isEqualTo(Result.FAILED);
    assertThat(groups.at(600)).isEqualTo(LimitGroups.ROOT);

    groups.stuck(false);
    assertThat(host.later(1_000))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.result()).isEqualTo(Result.RELEASED));
    assertThat(groups.ours()).isEmpty();
  }

  @Test
  void restartResumesALimit() {
    limit(20);
    assertThat(host.restart())
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.result()).isEqualTo(Result.ADOPTED);
          assertThat(outcome.limitPerS()).isEqualTo(20);
        });
    assertThat(groups.at(600)).isEqualTo(group);
  }

  @Test
  void cgroupWithoutLeaseIsRemovedAtStart() {
    limit(20);
    host.store.last = Optional.empty();

    assertThat(host.restart())
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.detail()).contains("was removed"));
    assertThat(groups.ours()).isEmpty();
    assertThat(groups.at(600)).isEqualTo(LimitGroups.ROOT);
  }

  @Test
  void newTaskWithThePidIsMovedBack() {
    host.kernel.beforeNextSet(() ->
        host.kernel.beforeNextSet(() -> {
          host.kernel.start(600, "somebody", false);
        }));
    Outcome outcome = limit(20);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(groups.at(600)).isEqualTo(LimitGroups.ROOT);
    assertThat(groups.ours()).isEmpty();
  }
}
