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
 * The lab clock, which stops while the emulated machine waits for a CPU of this machine.
 *
 * <p>It is used for all timeouts in the lab, so that tests are slower on a busy machine, but do not
 * fail. Source: {@code deploy/xen-lab/lab clock}, once per second.
 */
final class LabClock {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Lab milliseconds by wall milliseconds since 1970. */
  private final NavigableMap<Long, Long> readings = new ConcurrentSkipListMap<>();

  private LabClock() {}

  /** A condition; throws {@link AssertionError} while it is false. */
  @FunctionalInterface
  interface Assertion {
    /** Checks once. */
    void check() throws Exception;
  }

  /** Starts reading the clock of a running lab; returns after the first value. */
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

  /** Time on the lab clock between two times; without values, the wall-clock time. */
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

  /** The last value of the lab clock, in ms. */
  long millis() {
    return readings.lastEntry().getValue();
  }

  /** Waits until a condition is true; fails after a timeout on the lab clock. */
  void await(String what, Duration limit, BooleanSupplier condition) {
    await(
        what,
        limit,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("condition is false");
          }
        });
  }

  /** Waits until an assertion passes; after a timeout on the lab clock, throws its last failure. */
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
