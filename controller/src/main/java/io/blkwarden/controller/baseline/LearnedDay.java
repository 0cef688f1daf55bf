package io.blkwarden.controller.baseline;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The values of one class in the last 24 hours, by the hour; mutable. */
final class LearnedDay {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int HOURS = 24;

  private final DiskClass of;
  private final Deque<LearnedHour> hours = new ArrayDeque<>();
  private @Nullable LearnedHour all;
  private int disks;
  private int round;

  LearnedDay(DiskClass of) {
    this.of = of;
  }

  /** Takes over the baseline of an earlier controller as values of this hour. */
  void load(DiskBaseline baseline, long nowMillis) throws IOException {
    hours.addFirst(LearnedHour.of(baseline, nowMillis));
    disks = Math.max(disks, baseline.disks());
    all = null;
  }

  void add(double value, long nowMillis) {
    LearnedHour last = hours.peekLast();
    if (last == null || nowMillis - last.sinceMillis >= HOUR_MILLIS) {
      last = LearnedHour.empty(nowMillis);
      hours.addLast(last);
    }
    last.add(value);
    round++;
  }

  /** Ends a round, in which each disk is added once. */
  void endRound(long nowMillis) {
    hours.removeIf(each -> nowMillis - each.sinceMillis >= HOURS * HOUR_MILLIS);
    disks = round;
    round = 0;
    all = null;
  }

  private LearnedHour all() {
    LearnedHour sum = all;
    if (sum == null) {
      sum = LearnedHour.empty(0);
      for (LearnedHour each : hours) {
        sum.merge(each);
      }
      all = sum;
    }
    return sum;
  }

  int disks() {
    return disks;
  }

  double count() {
    return all().count;
  }

  double quantile(double part) {
    return all().sketch.getValueAtQuantile(part);
  }

  DiskBaseline baseline(Instant at) {
    LearnedHour sum = all();
    return new DiskBaseline(of, disks, sum.count, sum.sum, sum.sumOfSquares, at, sum.encoded());
  }
}
