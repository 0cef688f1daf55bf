package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RescanPolicyTest {
  private final RescanPolicy policy = new RescanPolicy();
  private long now = 100_000;
  private int disks = 40;

  private void scan(boolean missing, boolean traced) {
    assertThat(policy.scanDue(now)).isTrue();
    policy.scanning(now);
    policy.scanned(missing, traced, disks);
  }

  @Test
  void firstScanIsDueAtOnce() {
    assertThat(policy.outdated()).isTrue();
    scan(false, false);
    assertThat(policy.outdated()).isFalse();
  }

  @Test
  void burstCausesOneScanPer50Ms() {
    scan(false, false);
    policy.changed(now);
    now += RescanPolicy.COALESCE_MILLIS - 1;
    policy.changed(now);
    assertThat(policy.scanDue(now)).isFalse();
    now += 1;
    scan(false, false);
    now += RescanPolicy.COALESCE_MILLIS;

    assertThat(policy.scanDue(now)).as("no change since").isFalse();
  }

  @Test
  void changeAfterALongPauseIsScannedAtOnce() {
    scan(false, false);
    now += 10_000;
    policy.changed(now);

    assertThat(policy.scanDue(now)).isTrue();
  }

  @Test
  void changeDuringAScanCausesAnother() {
    scan(false, false);
    now += 1_000;
    policy.changed(now);
    policy.scanning(now);
    policy.changed(now + 5);
    policy.scanned(false, false, disks);

    assertThat(policy.outdated()).isTrue();
  }

  @Test
  void threadsArePolledForALimitedTime() {
    policy.changed(now);
    scan(true, false);
    assertThat(policy.threadsDue(now)).isFalse();
    now += RescanPolicy.THREADS_MILLIS;
    assertThat(policy.threadsDue(now)).isTrue();
    assertThat(policy.threadsDue(now)).as("once").isFalse();
    now += RescanPolicy.AWAIT_THREADS_MILLIS;

    assertThat(policy.threadsDue(now)).isFalse();
    assertThat(policy.scanDue(now)).as("periodic scan").isTrue();
  }

  /** A guest that reconnects its disks every 20 ms, on a host whose scan takes 30 ms. */
  @Test
  void constantChangesUseATwentiethOfTheTime() {
    long spentMillis = 0;
    long begin = now;
    while (now - begin < 60_000) {
      policy.changed(now);
      if (policy.scanDue(now)) {
        policy.scanning(now);
        now += 30;
        policy.scanned(true, false, disks);
        policy.worked(now);
        spentMillis += 30;
      }
      now += 20;
    }

    long burst = RescanPolicy.BURST * 30L;
    assertThat(spentMillis - burst).isBetween(2_000L, 3_100L);
  }

  /** A guest that starts, on a slow host whose scan takes a second. */
  @Test
  void firstChangesAreScannedAtOnceWhateverTheCost() {
    scan(false, false);
    now += 6_000; // the first scan, in a new JVM
    policy.worked(now);
    for (int n = 0; n < 40; n++) {
      policy.changed(now);
      now += RescanPolicy.COALESCE_MILLIS;
      scan(false, false);
      now += n % 2 == 0 ? 1_000 : 100;
      policy.worked(now);
    }
  }

  @Test
  void threadPollsUseATwentiethOfTheTime() {
    policy.changed(now);
    scan(true, false);
    policy.worked(now);
    long spentMillis = 0;
    long begin = now;
    while (now - begin < 20_000) {
      policy.changed(now); // keeps the polls going
      policy.scanning(now);
      policy.scanned(true, false, disks);
      policy.worked(now);
      now += 5;
      if (policy.threadsDue(now)) {
        now += 10;
        policy.threadsPolled(now, true);
        spentMillis += 10;
        assertThat(policy.outdated()).as("a new thread is a change").isTrue();
      }
    }

    assertThat(spentMillis).isLessThanOrEqualTo(1_000L);
  }

  @Test
  void oneExpensiveScanIsForgotten() {
    scan(false, false);
    now += 2_000;
    policy.worked(now);
    policy.changed(now);
    now += 30_000;
    for (int n = 0; n < 12; n++) {
      scan(false, false);
      policy.worked(now);
      now += 60_000;
    }
    policy.changed(now);
    scan(false, false);
    policy.worked(now);
    policy.changed(now);
    now += RescanPolicy.COALESCE_MILLIS;

    assertThat(policy.scanDue(now)).isTrue();
  }

  @Test
  void largeHostIsScannedLessOften() {
    scan(false, false);
    now += 30_000;
    assertThat(policy.scanDue(now)).isTrue();

    disks = 750;
    scan(false, false);
    now += 44_999;
    assertThat(policy.scanDue(now)).isFalse();
    now += 1;
    assertThat(policy.scanDue(now)).isTrue();

    disks = 4_000;
    scan(false, false);
    now += 59_999;
    assertThat(policy.scanDue(now)).isFalse();
    now += 1;
    assertThat(policy.scanDue(now)).isTrue();
  }

  @Test
  void tracingIsReadEverySecond() {
    scan(false, true);
    now += RescanPolicy.TRACING_MILLIS;

    assertThat(policy.scanDue(now)).isTrue();
  }

  @Test
  void missedPeriodsAreSkipped() {
    Interval due = new Interval(1_000);
    assertThat(due.take(now)).isTrue();
    assertThat(due.take(now + 999)).isFalse();
    assertThat(due.take(now + 1_010)).isTrue();
    assertThat(due.take(now + 2_000)).as("no drift").isTrue();
    assertThat(due.take(now + 9_500)).isTrue();
    assertThat(due.take(now + 9_600)).isFalse();
    assertThat(due.take(now + 10_000)).isTrue();
  }
}
