package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Twins that only their counters distinguish. */
final class CounterProofTest {
  private static final long MIB = 1 << 20;
  private static final int ROOT = 51713;
  private static final int SWAP = 51714;

  private final ResolverRun resolved = new ResolverRun();
  private final HostBuilder host =
      new HostBuilder()
          .disk(37, "xvda1", ROOT, 19)
          .disk(37, "xvda2", SWAP, 20)
          .thread(27443, 9000, "blkback.37.xvda")
          .thread(27444, 9000, "blkback.37.xvda");

  /** Sets the MiB read of both disks and both threads. */
  private HostBuilder read(long rootMib, long swapMib) {
    long root = rootMib * MIB / 512;
    long swap = swapMib * MIB / 512;
    return host.later(100)
        .counters(37, ROOT, root, root, 0)
        .counters(37, SWAP, swap, swap, 0)
        .reads(27443, rootMib * MIB)
        .reads(27444, swapMib * MIB);
  }

  private void expect(String root, String swap) {
    assertThat(resolved.resolve(host).of(37, "xvda1")).isEqualTo(root);
    assertThat(resolved.of(37, "xvda2")).isEqualTo(swap);
  }

  @Test
  void bracketCountsAfterASecondMatchWithGrowth() {
    read(100, 5);
    expect("ambiguous-name", "ambiguous-name");
    host.later(100);
    expect("ambiguous-name", "ambiguous-name");
    read(101, 9);
    expect("27443:counter-bracket", "27444:counter-bracket");
    read(101, 101);
    expect("27443:counter-bracket", "27444:counter-bracket");
  }

  @Test
  void growingPairIsProvenAndTheOtherByElimination() {
    read(100, 5);
    expect("ambiguous-name", "ambiguous-name");
    read(120, 5);
    expect("27443:counter-bracket", "27444:elimination");
  }

  @Test
  void equalCountersProveNothing() {
    read(5, 5);
    expect("ambiguous-name", "ambiguous-name");
    read(6, 6);
    expect("ambiguous-name", "ambiguous-name");
  }

  @Test
  void nearlyEqualCountersProveNothing() {
    read(5, 6);
    expect("ambiguous-name", "ambiguous-name");
    read(7, 8);
    expect("ambiguous-name", "ambiguous-name");
  }

  @Test
  void idleDisksProveNothing() {
    read(0, 0);
    expect("ambiguous-name", "ambiguous-name");
    read(0, 0);
    expect("ambiguous-name", "ambiguous-name");
  }

  @Test
  void unreadCounterOfACandidatePreventsTheProof() {
    read(100, 5);
    host.reads(27444, null);
    expect("ambiguous-name", "ambiguous-name");
    read(120, 9);
    host.reads(27444, null);
    expect("ambiguous-name", "ambiguous-name");
  }

  @Test
  void missingStatisticsPreventTheTwinsProof() {
    read(100, 5).change(37, SWAP, edit -> edit.counters(null));
    expect("ambiguous-name", "ambiguous-name");
    read(120, 9).change(37, SWAP, edit -> edit.counters(null));
    expect("ambiguous-name", "ambiguous-name");
  }

  @Test
  void possiblyWrappedCounterProvesNothing() {
    long wrapped = 3L << 20;
    for (long mib : new long[] {wrapped, wrapped + 7}) {
      read(mib, 5)
          .change(
              37,
              ROOT,
              edit -> edit.counters(new DiskCounters(5 * MIB / 512, 5 * MIB / 512, 0, true)));
      expect("ambiguous-name", "ambiguous-name");
    }
  }

  @Test
  void severalRingsNeedOtherProofs() {
    HostBuilder rings =
        new HostBuilder()
            .disk(12345, "268439552", 268439552, 0)
            .change(12345, 268439552, edit -> edit.queues(4, 1))
            .thread(100, 9000, "12345.268439552", 100 * MIB)
            .counters(12345, 268439552, 100 * MIB / 512, 100 * MIB / 512, 0);
    assertThat(resolved.resolve(rings).of(12345, "268439552")).isEqualTo("ambiguous-name");
  }

  @Test
  void requestInFlightIsTolerated() {
    long sectors = 100 * MIB / 512;
    for (int round = 0; round < 2; round++) {
      host.later(100)
          .counters(37, ROOT, sectors, sectors, 0)
          .reads(27443, sectors * 512 + MIB)
          .counters(37, SWAP, 8, 8, 0)
          .reads(27444, 4096L);
      sectors += 64;
      resolved.resolve(host);
    }
    assertThat(resolved.of(37, "xvda1")).isEqualTo("27443:counter-bracket");
  }

  @Test
  void proofIsDroppedWhenTheThreadChanges() {
    read(100, 5);
    resolved.resolve(host);
    read(120, 9);
    expect("27443:counter-bracket", "27444:counter-bracket");

    host.later(100).thread(27443, 1_000_250, "blkback.37.xvda", 0L);
    resolved.resolve(host);
    assertThat(resolved.of(37, "xvda1")).isNotEqualTo("27443:counter-bracket");
  }

  @Test
  void proofIsDroppedWhenTheDiskReconnects() {
    read(100, 5);
    resolved.resolve(host);
    read(120, 9);
    expect("27443:counter-bracket", "27444:counter-bracket");

    host.later(100).change(37, ROOT, edit -> edit.state(6));
    assertThat(resolved.resolve(host).of(37, "xvda1")).isEqualTo("not-connected");
    host.later(100).change(37, ROOT, edit -> edit.state(4));
    assertThat(resolved.resolve(host).of(37, "xvda1"))
        .as("the old thread is older than the new connection")
        .isEqualTo("no-thread-yet");
  }
}
