package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.model.BackendKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proofs by names and keys, rings, states and unresolved disks. */
final class MappingResolverTest {
  private final ResolverRun resolved = new ResolverRun();

  @Test
  void untruncatedNamesProveEachDisk() {
    HostBuilder host =
        new HostBuilder()
            .disk(1, "xvda1", 51713, 0)
            .disk(1, "xvda2", 51714, 1)
            .thread(563, 4150, "1.xvda1-0")
            .thread(564, 4159, "1.xvda2-0");

    resolved.resolve(host);

    assertThat(resolved.of(1, "xvda1")).isEqualTo("563:full-name");
    assertThat(resolved.of(1, "xvda2")).isEqualTo("564:full-name");
    assertThat(resolved.last().devicesToTrace()).isEmpty();
  }

  @Test
  void allRingsAreResolvedTogether() {
    HostBuilder host =
        new HostBuilder()
            .disk(11, "xvda1", 51713, 0)
            .change(11, 51713, edit -> edit.queues(4, 2))
            .thread(1494, 9000, "11.xvda1-1")
            .thread(1493, 9000, "11.xvda1-0");

    resolved.resolve(host);

    assertThat(resolved.of(11, "xvda1")).isEqualTo("1493:full-name,1494:full-name");
  }

  @Test
  void missingRingLeavesTheDiskUnresolved() {
    HostBuilder host =
        new HostBuilder().disk(11, "xvda1", 51713, 0).thread(1494, 9000, "11.xvda1-1");

    assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("rings-missing");
  }

  @Test
  void guestsRingNumberCountsWhileThreadsAreYoung() {
    HostBuilder host =
        new HostBuilder()
            .disk(11, "xvda1", 51713, 0)
            .change(11, 51713, edit -> edit.queues(2, 64))
            .thread(1493, 999_000, "11.xvda1-0");

    assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("rings-missing");
    host.later(Rings.YOUNG_TICKS);
    assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("1493:full-name");

    host.later(1).thread(1494, 1_002_500, "11.xvda1-1");
    assertThat(resolved.resolve(host).of(11, "xvda1"))
        .as("what the backend offers is enough")
        .isEqualTo("1493:full-name,1494:full-name");
  }

  @Test
  void repeatedAnnouncementsAreWaitedForTwice() {
    HostBuilder host =
        new HostBuilder().disk(11, "xvda1", 51713, 0).change(11, 51713, edit -> edit.queues(4, 4));
    for (int wait = 0; wait < RingWaits.MAX_WAITS; wait++) {
      reconnect(host);
      assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("rings-missing");
      host.later(Rings.YOUNG_TICKS - 1_000);
      assertThat(resolved.resolve(host).of(11, "xvda1"))
          .as("the same wait")
          .isEqualTo("rings-missing");
    }
    for (int more = 0; more < 3; more++) {
      reconnect(host);
      assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("1493:full-name");
      host.later(Rings.YOUNG_TICKS - 1_000);
    }

    host.later(RingWaits.RESET_TICKS);
    resolved.resolve(host);
    reconnect(host);
    assertThat(resolved.resolve(host).of(11, "xvda1"))
        .as("long after its last announcement")
        .isEqualTo("rings-missing");
  }

  /** The guest reconnects its disk, which gets a new thread. */
  private void reconnect(HostBuilder host) {
    host.change(11, 51713, edit -> edit.state(6)).end(1493);
    resolved.resolve(host);
    host.later(100).change(11, 51713, edit -> edit.state(4));
    host.thread(1493, host.uptimeTicks(), "11.xvda1-0").later(100);
  }

  @Test
  void smallRingNumberHidesNoThread() {
    HostBuilder host =
        new HostBuilder()
            .disk(11, "xvda1", 51713, 0)
            .change(11, 51713, edit -> edit.queues(4, 1))
            .thread(1493, 9000, "11.xvda1-0")
            .thread(1494, 9000, "11.xvda1-1");

    assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("1493:full-name,1494:full-name");
  }

  @Test
  void threadCountsAsYoungWithoutUptime() {
    HostBuilder host =
        new HostBuilder()
            .disk(11, "xvda1", 51713, 0)
            .change(11, 51713, edit -> edit.queues(2, 2))
            .thread(1493, 9000, "11.xvda1-0");
    host.uptimeTicks = null;

    assertThat(resolved.resolve(host).of(11, "xvda1")).isEqualTo("rings-missing");
  }

  @Test
  void oldNameIsUntruncatedUpToDomid9() {
    HostBuilder host =
        new HostBuilder()
            .disk(3, "xvda1", 51713, 0)
            .disk(3, "xvda2", 51714, 1)
            .counters(3, 51713, 8, 8, 0)
            .counters(3, 51714, 8, 8, 0)
            .thread(100, 9000, "blkback.3.xvda1", 4096L)
            .thread(101, 9000, "blkback.3.xvda2", 4096L);

    resolved.resolve(host);

    assertThat(resolved.of(3, "xvda1")).isEqualTo("100:full-name");
    assertThat(resolved.of(3, "xvda2")).isEqualTo("101:full-name");
  }

  @Test
  void nameOfALongerDiskProvesNothing() {
    HostBuilder host =
        new HostBuilder()
            .disk(3, "xvda1", 51713, 0)
            .disk(3, "xvda12", 51724, 1)
            .thread(100, 9000, "blkback.3.xvda1")
            .thread(101, 9000, "blkback.3.xvda1");

    resolved.resolve(host);

    assertThat(resolved.of(3, "xvda1")).isEqualTo("ambiguous-name");
    assertThat(resolved.of(3, "xvda12")).isEqualTo("ambiguous-name");
    assertThat(resolved.last().devicesToTrace())
        .containsExactlyInAnyOrder(HostBuilder.dm(0), HostBuilder.dm(1));
  }

  @Test
  void idleDiskWithMaximumNameNeedsIo() {
    HostBuilder host =
        new HostBuilder().disk(3, "xvda1", 51713, 0).thread(100, 9000, "blkback.3.xvda1");

    assertThat(resolved.resolve(host).of(3, "xvda1"))
        .as("the thread could be left over from xvda12, and this disk's own yet to come")
        .isEqualTo("ambiguous-name");
    host.later(100).counters(3, 51713, 0, 0, 8);
    assertThat(resolved.resolve(host).of(3, "xvda1")).isEqualTo("100:full-name");
  }

  @Test
  void twinsAreUnresolvedUntilProven() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 19)
            .disk(37, "xvda2", 51714, 20)
            .thread(27443, 9000, "blkback.37.xvda")
            .thread(27444, 9000, "blkback.37.xvda");

    resolved.resolve(host);
    assertThat(resolved.of(37, "xvda1")).isEqualTo("ambiguous-name");
    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
    assertThat(resolved.last().devicesToTrace())
        .containsExactlyInAnyOrder(HostBuilder.dm(19), HostBuilder.dm(20));

    host.later(100).bio(27444, 20);
    resolved.resolve(host);
    assertThat(resolved.of(37, "xvda2")).isEqualTo("27444:traced-bio");
    assertThat(resolved.of(37, "xvda1")).as("idle: not needed yet").isEqualTo("ambiguous-name");

    host.later(100).counters(37, 51713, 8, 8, 0).reads(27443, 4096L);
    resolved.resolve(host);
    assertThat(resolved.of(37, "xvda1")).isEqualTo("27443:elimination");
    assertThat(resolved.of(37, "xvda2")).isEqualTo("27444:traced-bio");
    assertThat(resolved.last().devicesToTrace()).isEmpty();
  }

  @Test
  void kthreadPidKeysProveFlatAndPerRing() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 0)
            .disk(37, "xvda2", 51714, 1)
            .disk(12345, "268439552", 268439552, 2)
            .change(37, 51713, edit -> edit.pids(new Backend.KthreadPids(100, Map.of())))
            .change(37, 51714, edit -> edit.pids(new Backend.KthreadPids(101, Map.of())))
            .change(
                12345,
                268439552,
                edit ->
                    edit.pids(new Backend.KthreadPids(null, Map.of(0, 102, 1, 103))).queues(2, 2))
            .thread(100, 9000, "blkback.37.xvda")
            .thread(101, 9000, "blkback.37.xvda")
            .thread(103, 9000, "12345.268439552")
            .thread(102, 9000, "12345.268439552");

    resolved.resolve(host);

    assertThat(resolved.of(37, "xvda1")).isEqualTo("100:kthread-pid");
    assertThat(resolved.of(37, "xvda2")).isEqualTo("101:kthread-pid");
    assertThat(resolved.of(12345, "268439552")).isEqualTo("102:kthread-pid,103:kthread-pid");
  }

  @Test
  void keyOfAnotherThreadIsIgnored() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 0)
            .disk(37, "xvdb1", 51729, 1)
            .change(37, 51713, edit -> edit.pids(new Backend.KthreadPids(999, Map.of())))
            .change(37, 51729, edit -> edit.pids(new Backend.KthreadPids(200, Map.of())))
            .thread(100, 9000, "37.xvda1-0")
            .thread(200, 9000, "38.xvdb1-0");

    resolved.resolve(host);

    assertThat(resolved.of(37, "xvda1")).as("a dead pid").isEqualTo("100:full-name");
    assertThat(resolved.of(37, "xvdb1")).as("a reused pid").isEqualTo("no-thread-yet");
  }

  @Test
  void oneThreadForTwoDisksIsAConflict() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 0)
            .disk(37, "xvda2", 51714, 1)
            .change(37, 51713, edit -> edit.pids(new Backend.KthreadPids(100, Map.of())))
            .change(37, 51714, edit -> edit.pids(new Backend.KthreadPids(100, Map.of())))
            .thread(100, 9000, "blkback.37.xvda")
            .thread(101, 9000, "blkback.37.xvda");

    resolved.resolve(host);

    assertThat(resolved.of(37, "xvda1")).isEqualTo("conflicting-proofs");
    assertThat(resolved.of(37, "xvda2")).isEqualTo("conflicting-proofs");
  }

  @Test
  void conflictLastsUntilTheDiskEnds() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 0)
            .change(37, 51713, edit -> edit.pids(new Backend.KthreadPids(100, Map.of())))
            .thread(100, 9000, "blkback.37.xvda")
            .thread(101, 9000, "blkback.37.xvda");
    resolved.resolve(host);
    assertThat(resolved.of(37, "xvda1")).isEqualTo("100:kthread-pid");

    host.later(100).bio(101, 0);
    assertThat(resolved.resolve(host).of(37, "xvda1")).isEqualTo("conflicting-proofs");
    host.later(100);
    assertThat(resolved.resolve(host).of(37, "xvda1")).isEqualTo("conflicting-proofs");
  }

  @Test
  void nodeStatesTakePrecedence() {
    HostBuilder host =
        new HostBuilder()
            .disk(1, "xvda1", 51713, 0)
            .disk(2, "xvda1", 51713, 1)
            .disk(3, "xvda1", 51713, 2)
            .disk(4, "xvda1", 51713, 3)
            .disk(5, "xvda1", 51713, 4)
            .disk(6, "xvda1", 51713, 5)
            .thread(100, 9000, "1.xvda1-0")
            .thread(200, 9000, "2.xvda1-0")
            .thread(300, 9000, "3.xvda1-0")
            .thread(400, 9000, "4.xvda1-0")
            .thread(500, 9000, "5.xvda1-0")
            .change(1, 51713, edit -> edit.state(2))
            .change(2, 51713, edit -> edit.online(false))
            .change(3, 51713, edit -> edit.nodeDevice(HostBuilder.dm(9)))
            .change(4, 51713, edit -> edit.kind(BackendKind.TAP))
            .change(5, 51713, edit -> edit.state(null));

    resolved.resolve(host);

    assertThat(resolved.of(1, "xvda1")).isEqualTo("not-connected");
    assertThat(resolved.of(2, "xvda1")).isEqualTo("gone");
    assertThat(resolved.of(3, "xvda1")).isEqualTo("device-unsettled");
    assertThat(resolved.of(4, "xvda1")).isEqualTo("unsupported-backend");
    assertThat(resolved.of(5, "xvda1")).isEqualTo("source-unreadable");
    assertThat(resolved.of(6, "xvda1")).isEqualTo("no-thread-yet");
  }

  @Test
  void incompleteSnapshotResolvesNothing() {
    HostBuilder host = new HostBuilder().disk(1, "xvda1", 51713, 0).thread(563, 4150, "1.xvda1-0");
    host.unread.add(new UnreadSource("proc", "permission denied", true));

    resolved.resolve(host);

    assertThat(resolved.of(1, "xvda1")).isEqualTo("source-unreadable");
    assertThat(resolved.last().next()).isSameAs(Evidence.none());
  }

  @Test
  void inessentialFaultsAreIgnored() {
    HostBuilder host =
        new HostBuilder().disk(1, "xvda1", 51713, 0).thread(563, 4150, "1.xvda1-0", null);
    host.unread.add(new UnreadSource("proc/563/io", "permission denied", false));

    assertThat(resolved.resolve(host).of(1, "xvda1")).isEqualTo("563:full-name");
  }

  @Test
  void disksOfAnUnknownDomainAreHiddenButCount() {
    HostBuilder host =
        new HostBuilder()
            .disk(37, "xvda1", 51713, 0)
            .disk(37, "xvda2", 51714, 1)
            .thread(100, 9000, "blkback.37.xvda")
            .change(37, 51714, edit -> edit.dev(null));

    resolved.resolve(host);

    assertThat(resolved.last().disks()).hasSize(1);
    assertThat(resolved.of(37, "xvda1")).isEqualTo("ambiguous-name");
  }
}
