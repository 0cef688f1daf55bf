package io.blkwarden.controller.replay;

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
 * @param samples number of sample batches
 * @param others number of other messages
 * @param unreadable number of unreadable messages
 * @param samplesMissing number of sample batches missing in the recording
 * @param othersMissing number of other messages missing in the recording
 * @param interruptions number of lost connections of the recorder
 * @param replayed throttles in the replay, by start
 * @param recorded throttles in the recording, by start
 * @param refusals refusals by safety checks, at most {@link Replay#REFUSALS_MAX}, by time
 * @param moreRefusals number of further refusals
 * @param alerts number of alerts in the replay
 * @param commands number of commands in the replay
 * @param recordedCommands number of commands in the recording
 * @param omitted number of throttles beyond the limit
 * @param policiesGiven whether the policies are not those of the recording
 * @param policyVersions number of policy versions in the recording
 */
public record ReplayReport(
    long fromMillis,
    long toMillis,
    long samples,
    long others,
    long unreadable,
    long samplesMissing,
    long othersMissing,
    long interruptions,
    List<ThrottledPeriod> replayed,
    List<ThrottledPeriod> recorded,
    List<Decision> refusals,
    long moreRefusals,
    long alerts,
    long commands,
    long recordedCommands,
    long omitted,
    boolean policiesGiven,
    long policyVersions) {
  public ReplayReport {
    replayed = List.copyOf(replayed);
    recorded = List.copyOf(recorded);
    refusals = List.copyOf(refusals);
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
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> places = new LinkedHashMap<>();
    periods.forEach(each -> places.computeIfAbsent(each.place(), _ -> new ArrayList<>()).add(each));
    return places;
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
