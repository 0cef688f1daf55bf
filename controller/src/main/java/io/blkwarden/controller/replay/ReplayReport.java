package io.blkwarden.controller.replay;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.blkwarden.controller.throttle.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of a replay.
 *
 * @param fromMillis start of the replay window, by the recorder's wall clock in ms since 1970
 * @param toMillis its end
 * @param counts all counts
 * @param replayed throttles in the replay, by start
 * @param recorded throttles in the recording, by start
 * @param refusals refusals by safety checks, at most {@link Replay#REFUSALS_MAX}, by time
 * @param policiesGiven whether the policies are not those of the recording
 */
public record ReplayReport(
    long fromMillis,
    long toMillis,
    Map<Count, Long> counts,
    List<ThrottledPeriod> replayed,
    List<ThrottledPeriod> recorded,
    List<Decision> refusals,
    boolean policiesGiven) {
  /** What is counted. */
  public enum Count {
    /** Sample batches. */
    SAMPLES("samples"),
    /** Other messages. */
    OTHERS("others"),
    /** Unreadable messages. */
    UNREADABLE("unread"),
    /** Sample batches missing in the recording. */
    SAMPLES_MISSING("samples_missing"),
    /** Other messages missing in the recording. */
    OTHERS_MISSING("others_missing"),
    /** Lost connections of the recorder. */
    INTERRUPTIONS("interruptions"),
    /** Throttles beyond the limit. */
    OMITTED("left_out"),
    /** Policy versions in the recording. */
    POLICY_VERSIONS("policy_versions"),
    /** Refusals beyond the limit. */
    MORE_REFUSALS("more_held_back"),
    /** Alerts in the replay. */
    ALERTS("alerts"),
    /** Commands in the replay. */
    COMMANDS("commands"),
    /** Commands in the recording. */
    RECORDED_COMMANDS("commands_really");

    private final String key;

    Count(String key) {
      this.key = key;
    }

    /** The key in JSON. */
    public String key() {
      return key;
    }
  }

  public ReplayReport {
    counts = Map.copyOf(counts);
    replayed = List.copyOf(replayed);
    recorded = List.copyOf(recorded);
    refusals = List.copyOf(refusals);
  }

  /** A count. */
  public long count(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  /**
   * The throttled time of a disk.
   *
   * @param host host name
   * @param domain domain name
   * @param vdev the disk
   * @param replayedMillis time throttled in the replay
   * @param recordedMillis time throttled in the recording
   * @param bothMillis time throttled in both
   */
  public record Difference(
      String host,
      String domain,
      String vdev,
      long replayedMillis,
      long recordedMillis,
      long bothMillis) {}

  /** The disks throttled in the replay or the recording, the largest difference first. */
  public List<Difference> differences() {
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> replayedOf = byPlace(replayed);
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> recordedOf = byPlace(recorded);
    Set<ThrottledPeriod.Place> places = new LinkedHashSet<>(replayedOf.keySet());
    places.addAll(recordedOf.keySet());
    List<Difference> all = new ArrayList<>();
    for (ThrottledPeriod.Place place : places) {
      List<ThrottledPeriod> one = replayedOf.getOrDefault(place, List.of());
      List<ThrottledPeriod> other = recordedOf.getOrDefault(place, List.of());
      all.add(
          new Difference(
              place.host().value(),
              place.name(),
              place.vdev(),
              one.stream().mapToLong(ThrottledPeriod::millis).sum(),
              other.stream().mapToLong(ThrottledPeriod::millis).sum(),
              overlap(one, other)));
    }
    all.sort((a, b) -> Long.compare(difference(b), difference(a)));
    return all;
  }

  private static long difference(Difference each) {
    return each.replayedMillis() + each.recordedMillis() - 2 * each.bothMillis();
  }

  private static Map<ThrottledPeriod.Place, List<ThrottledPeriod>> byPlace(
      List<ThrottledPeriod> periods) {
    return periods.stream()
        .collect(groupingBy(ThrottledPeriod::place, LinkedHashMap::new, toList()));
  }

  private static long overlap(List<ThrottledPeriod> one, List<ThrottledPeriod> other) {
    long sum = 0;
    for (ThrottledPeriod a : one) {
      for (ThrottledPeriod b : other) {
        sum +=
            Math.max(
                0, Math.min(a.toMillis(), b.toMillis()) - Math.max(a.fromMillis(), b.fromMillis()));
      }
    }
    return sum;
  }
}
