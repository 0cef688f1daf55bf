package io.blkwarden.systemtests.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The lab clock: it stands still while the emulated machine waits for a processor of this one.
 *
 * <p>All limits of time in the lab are counted by it, so that a busy machine makes a test slower
 * and does not make it fail. Source: {@code deploy/xen-lab/lab clock}, once a second.
 */
final class LabClock {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Lab milliseconds by wall milliseconds since 1970. */
  private final NavigableMap<Long, Long> readings = new ConcurrentSkipListMap<>();

  private LabClock() {}

  /** What must become true; fails with an {@link AssertionError} as long as it is not. */
  @FunctionalInterface
  interface Assertion {
    /** Looks once. */
    void check() throws Exception;
  }

  /** Starts to read the clock of a running lab, and returns when it was read once. */
  static LabClock start(String labCommand) {
    LabClock clock = new LabClock();
    try {
      Process process =
          new ProcessBuilder(labCommand, "clock")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "lab-clock-end"));
      BufferedReader lines = process.inputReader();
      clock.take(Objects.requireNonNull(lines.readLine(), "the lab's clock printed nothing"));
      Thread.ofPlatform()
          .daemon()
          .name("lab-clock")
          .start(() -> lines.lines().forEach(clock::take));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return clock;
  }

  private void take(String line) {
    String[] words = line.split(" ", 2);
    readings.put(Long.valueOf(words[0]), Long.valueOf(words[1]));
  }

  /** Time of the lab clock between two moments; where it was not read it runs with the wall's. */
  Duration between(Instant from, Instant to) {
    return Duration.ofMillis(at(to.toEpochMilli()) - at(from.toEpochMilli()));
  }

  private long at(long wall) {
    Map.@Nullable Entry<Long, Long> before = readings.floorEntry(wall);
    Map.@Nullable Entry<Long, Long> after = readings.ceilingEntry(wall);
    if (before == null || after == null) {
      var nearest = Objects.requireNonNull(before == null ? after : before);
      return nearest.getValue() + wall - nearest.getKey();
    }
    long span = after.getKey() - before.getKey();
    return span == 0
        ? before.getValue()
        : before.getValue()
            + (after.getValue() - before.getValue()) * (wall - before.getKey()) / span;
  }

  /** Milliseconds of the lab clock, as last read. */
  long millis() {
    return readings.lastEntry().getValue();
  }

  /** Waits until a condition holds, and fails after a time of the lab clock. */
  void await(String what, Duration limit, BooleanSupplier condition) {
    await(
        what,
        limit,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("not so yet");
          }
        });
  }

  /** Waits until an assertion passes; after a time of the lab clock its last failure is thrown. */
  void await(String what, Duration limit, Assertion assertion) {
    Instant started = Instant.now();
    Awaitility.await(what)
        .forever()
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .until(() -> passes(what, limit, started, assertion));
  }

  private boolean passes(String what, Duration limit, Instant started, Assertion assertion)
      throws Exception {
    try {
      assertion.check();
      return true;
    } catch (AssertionError e) {
      Duration passed = between(started, Instant.now());
      if (passed.compareTo(limit) > 0) {
        throw new AssertionError(
            "%s: not within %s of the lab clock (%s of the wall's)"
                .formatted(what, limit, Duration.between(started, Instant.now())),
            e);
      }
      return false;
    }
  }
}
