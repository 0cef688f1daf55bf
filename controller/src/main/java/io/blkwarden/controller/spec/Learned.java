package io.blkwarden.controller.spec;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What one class did in the last day, by the hour: what is older is forgotten; mutable. */
final class Learned {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int HOURS = 24;

  private final SpecClass of;
  private final Deque<Generation> hours = new ArrayDeque<>();
  private @Nullable Generation all;
  private int disks;
  private int round;

  Learned(SpecClass of) {
    this.of = of;
  }

  /** Takes over what an earlier controller learned; it counts as of this hour. */
  void load(FleetSpec spec, long nowMillis) throws IOException {
    hours.addFirst(Generation.of(spec, nowMillis));
    disks = Math.max(disks, spec.disks());
    all = null;
  }

  void add(double value, long nowMillis) {
    Generation last = hours.peekLast();
    if (last == null || nowMillis - last.sinceMillis >= HOUR_MILLIS) {
      last = Generation.empty(nowMillis);
      hours.addLast(last);
    }
    last.add(value);
    round++;
  }

  /** Ends a round in which each disk was given once. */
  void endRound(long nowMillis) {
    hours.removeIf(each -> nowMillis - each.sinceMillis >= HOURS * HOUR_MILLIS);
    disks = round;
    round = 0;
    all = null;
  }

  private Generation all() {
    Generation sum = all;
    if (sum == null) {
      sum = Generation.empty(0);
      for (Generation each : hours) {
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

  FleetSpec spec(Instant at) {
    Generation sum = all();
    return new FleetSpec(of, disks, sum.count, sum.sum, sum.sumOfSquares, at, sum.encoded());
  }
}
