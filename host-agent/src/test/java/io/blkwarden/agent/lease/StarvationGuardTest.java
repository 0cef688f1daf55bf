package io.blkwarden.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.StarvationGuard.DiskProgress;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Throttles that starve a disk or block a shutdown end; others do not. */
final class StarvationGuardTest {
  private final TestHost host = new TestHost();
  private MappedDisk disk;
  private long completed = 100;

  @BeforeEach
  void throttle() {
    disk = host.addDisk(1, "xvda2", 600, 1);
    host.send(host.request(disk, host.id(), IoPriority.IDLE, 600_000));
  }

  private List<Outcome> check(long afterMillis, Optional<DiskProgress> sight) {
    host.nowMillis += afterMillis;
    return host.throttler.endStarved(_ -> sight, host.nowMillis);
  }

  private List<Outcome> check(long afterMillis, long inFlight, boolean shuttingDown) {
    return check(
        afterMillis, Optional.of(new DiskProgress(completed, inFlight, 10_000, shuttingDown)));
  }

  private static void assertStarved(List<Outcome> outcomes, String why) {
    assertThat(outcomes)
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.result()).isEqualTo(Result.RELEASED);
          assertThat(outcome.cause()).isEqualTo(Outcome.Cause.STARVED);
          assertThat(outcome.detail()).contains(why);
        });
  }

  @Test
  void requestsBeyondTheAgeingEndTheThrottle() {
    assertThat(check(0, 7, false)).isEmpty();
    assertThat(check(15_000, 7, false)).as("ageing plus grace is healthy").isEmpty();
    assertStarved(check(100, 7, false), "7 requests in flight, none completed for 15.1 s");
    assertThat(host.kernel.priority(600)).isEqualTo(IoPriority.UNSET);
    assertThat(host.throttler.table().all()).isEmpty();
  }

  @Test
  void completionRestartsTheTimer() {
    check(0, 7, false);
    assertThat(check(14_000, 7, false)).isEmpty();
    completed++;
    assertThat(check(1_000, 7, false)).isEmpty();
    assertThat(check(15_000, 7, false)).isEmpty();
    assertStarved(check(1, 7, false), "none completed");
  }

  @Test
  void idleDiskIsNotStarved() {
    check(0, 0, false);
    assertThat(check(60_000, 0, false)).isEmpty();
    assertThat(check(1_000, 1, false)).as("a new request").isEmpty();
  }

  @Test
  void unreadableDiskIsNotStarved() {
    check(0, 7, false);
    assertThat(check(60_000, Optional.empty())).isEmpty();
    assertThat(check(1_000, 7, false)).isEmpty();
  }

  @Test
  void blockedShutdownEndsTheThrottle() {
    assertThat(check(0, 0, true)).as("nothing in flight").isEmpty();
    assertStarved(check(1_000, 3, false), "the guest is shutting down with 3 requests in flight");
  }

  @Test
  void shutdownAloneEndsALimit() {
    MappedDisk other = host.addDisk(2, "xvda2", 700, 1);
    host.send(host.limit(other, host.id(), 20, 600_000));
    assertThat(
            host.throttler.endStarved(
                seen -> Optional.of(new DiskProgress(5, 0, 10_000, seen.domain().domid() == 2)),
                host.nowMillis))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.limitPerS()).isEqualTo(20));
    assertThat(host.kernel.groups().ours()).isEmpty();
  }

  private List<Outcome> scheduler(String name) {
    host.disks.set(
        0,
        new MappedDisk(
            disk.domain(),
            disk.disk(),
            disk.volume(),
            List.of(
                new PhysicalDevice("sda", new DeviceNumber(8, 0), name, Actuator.UNKNOWN, null)),
            disk.state(),
            disk.reason(),
            disk.workers(),
            Map.of()));
    return host.throttler.setAgain(host.mapping(), host.nowMillis);
  }

  @Test
  void priorityIsSetAgainWithBfq() {
    assertThat(scheduler("mq-deadline")).isEmpty();
    assertThat(scheduler("none")).isEmpty();
    int calls = host.kernel.calls().size();

    assertThat(scheduler("bfq"))
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.result()).isEqualTo(Result.RENEWED);
          assertThat(outcome.detail())
              .isEqualTo("the scheduler went from none to bfq; idle is set again");
        });
    assertThat(host.kernel.calls()).hasSize(calls + 1).last().isEqualTo("600 idle");
    assertThat(scheduler("bfq")).isEmpty();
  }

  @Test
  void changeBeforeTheFirstScanIsDetected() {
    assertThat(scheduler("bfq"))
        .singleElement()
        .extracting(Outcome::detail)
        .isEqualTo("the scheduler went from mq-deadline to bfq; idle is set again");
  }

  @Test
  void bfqAfterARestartCountsAsNew() {
    scheduler("bfq");
    assertThat(host.restart()).extracting(Outcome::result).containsExactly(Result.ADOPTED);

    assertThat(scheduler("bfq"))
        .singleElement()
        .extracting(Outcome::detail)
        .isEqualTo("the scheduler went from an unknown one to bfq; idle is set again");
    assertThat(host.kernel.calls().getLast()).isEqualTo("600 idle");
    assertThat(scheduler("bfq")).isEmpty();
  }

  @Test
  void otherSchedulersAfterARestartAreIgnored() {
    host.restart();
    assertThat(scheduler("mq-deadline")).isEmpty();
    assertThat(scheduler("bfq")).hasSize(1);
  }

  @Test
  void foreignPriorityIsNotSetAgain() {
    scheduler("none");
    host.kernel.ionice(600, IoPriority.bestEffort(2));
    int calls = host.kernel.calls().size();

    assertThat(scheduler("bfq")).hasSize(1);

    assertThat(host.kernel.calls()).hasSize(calls);
  }
}
