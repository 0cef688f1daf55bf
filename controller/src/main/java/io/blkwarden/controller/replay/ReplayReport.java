package io.blkwarden.controller.replay;

import io.blkwarden.controller.throttle.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a replay came to.
 *
 * @param fromMillis begin of what was judged, by the recorder's wall clock in ms since 1970
 * @param toMillis its end
 * @param samples sample batches that were taken
 * @param others other messages that were taken
 * @param unreadable messages that could not be read
 * @param samplesMissing sample batches that the recorder knew to be missing
 * @param othersMissing other messages that it knew to be missing
 * @param interruptions times that it had lost its connection
 * @param replayed what the replay throttled, by begin
 * @param recorded what was really throttled, by begin
 * @param refusals refusals by guards, at most {@link Replay#REFUSALS_MAX}, by time
 * @param moreRefusals further refusals
 * @param alerts alerts that the replay raised
 * @param commands commands that it sent
 * @param recordedCommands commands that were really sent
 * @param omitted stretches beyond the bound
 * @param policiesGiven whether policies were given, and not those of the recording used
 * @param policyVersions how many versions of policies the recording has
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
   * How a disk fares in both.
   *
   * @param host where
   * @param domain whose disk, by name
   * @param vdev which disk
   * @param plannedMillis how long the replay throttles it
   * @param doneMillis how long it really was
   * @param bothMillis how long at the same time
   */
  public record Difference(
      String host,
      String domain,
      String vdev,
      long plannedMillis,
      long doneMillis,
      long bothMillis) {}

  /** Each disk that was throttled in one or both, those first that differ most. */
  public List<Difference> differences() {
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> plannedOf = byPlace(replayed);
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> doneOf = byPlace(recorded);
    Map<ThrottledPeriod.Place, Boolean> places = new LinkedHashMap<>();
    plannedOf.keySet().forEach(place -> places.put(place, true));
    doneOf.keySet().forEach(place -> places.put(place, true));
    List<Difference> all = new ArrayList<>();
    for (ThrottledPeriod.Place place : places.keySet()) {
      List<ThrottledPeriod> one = plannedOf.getOrDefault(place, List.of());
      List<ThrottledPeriod> other = doneOf.getOrDefault(place, List.of());
      all.add(
          new Difference(
              place.host().value(),
              place.name(),
              place.vdev(),
              one.stream().mapToLong(ThrottledPeriod::millis).sum(),
              other.stream().mapToLong(ThrottledPeriod::millis).sum(),
              overlap(one, other)));
    }
    all.sort((a, b) -> Long.compare(apart(b), apart(a)));
    return all;
  }

  private static long apart(Difference each) {
    return each.plannedMillis() + each.doneMillis() - 2 * each.bothMillis();
  }

  private static Map<ThrottledPeriod.Place, List<ThrottledPeriod>> byPlace(
      List<ThrottledPeriod> stretches) {
    Map<ThrottledPeriod.Place, List<ThrottledPeriod>> places = new LinkedHashMap<>();
    stretches.forEach(
        each -> places.computeIfAbsent(each.place(), _ -> new ArrayList<>()).add(each));
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
