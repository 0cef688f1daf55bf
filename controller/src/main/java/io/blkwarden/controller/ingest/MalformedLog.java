package io.blkwarden.controller.ingest;

import io.blkwarden.controller.ingest.IntakeCounters.Kind;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.Decoded;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts malformed messages, and logs at most one for each subject and minute.
 *
 * <p>It remembers {@link #MAX_SUBJECTS} subjects; when full it clears them all, so some may be
 * logged twice within a minute.
 */
final class MalformedLog {
  static final int MAX_SUBJECTS = 10_000;

  private static final Logger log = LoggerFactory.getLogger(MalformedLog.class);
  private static final long PERIOD_MILLIS = 60_000;

  private final IntakeCounters counters;
  private final InstantSource clock;
  private final Map<String, Long> lastLogged = new ConcurrentHashMap<>();

  MalformedLog(IntakeCounters counters, InstantSource clock) {
    this.counters = counters;
    this.clock = clock;
  }

  void report(Kind kind, String subject, Decoded.Malformed<?> fault) {
    IntakeCounters.increment(counters.malformed, kind);
    LongAdder count = counters.faults.get(fault.reason());
    if (count != null) {
      count.increment();
    }
    long now = clock.millis();
    Long last = lastLogged.get(subject);
    if (last != null && now - last < PERIOD_MILLIS) {
      return;
    }
    if (lastLogged.size() >= MAX_SUBJECTS) {
      lastLogged.clear();
    }
    lastLogged.put(subject, now);
    log.warn(
        "malformed {} on {}: {} at byte {}: {} (further ones within a minute are only counted)",
        kind.wire(),
        Printable.of(subject),
        fault.reason(),
        fault.offset(),
        Printable.of(fault.detail()));
  }

  void wrongSubject(Kind kind, String subject, String detail) {
    report(kind, subject, new Decoded.Malformed<>(Decoded.Reason.INVALID_FIELD, 0, detail));
  }
}
