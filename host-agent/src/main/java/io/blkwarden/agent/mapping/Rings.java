package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Proofs.ProvenPair;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.UnresolvedReason;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a disk's proven threads are complete; all rings are changed or none.
 *
 * <p>The number of rings is known only from the guest's own xenstore directory, so it is used as a
 * hint: up to the backend's maximum, and while the youngest thread is less than {@link
 * #YOUNG_TICKS} old, because the kernel starts all threads of a disk at once. A larger number
 * cannot keep a disk unresolved longer than that, nor more than twice ({@link RingWaits}). A
 * smaller one hides no thread, because threads are counted.
 */
final class Rings {
  /** Age of the youngest thread up to which the guest's number is used: 30 s. */
  static final long YOUNG_TICKS = 3000;

  private Rings() {}

  /**
   * Why the disk is unresolved, or empty when its threads are complete.
   *
   * @param proven its proven threads
   * @param open candidate threads without any proof
   * @param uptimeTicks current uptime; if absent, threads count as young
   * @param waits earlier waits for more rings
   */
  static Optional<UnresolvedReason> missing(
      Vbd vbd,
      List<ProvenPair> proven,
      List<Pair> open,
      @Nullable Long uptimeTicks,
      RingWaits waits) {
    if (proven.isEmpty()) {
      return Optional.of(
          open.isEmpty() ? UnresolvedReason.NO_THREAD_YET : UnresolvedReason.AMBIGUOUS_NAME);
    }
    if (proven.stream().anyMatch(match -> match.pair().name().singleRing())) {
      return proven.size() == 1
          ? Optional.empty()
          : Optional.of(UnresolvedReason.CONFLICTING_PROOFS);
    }
    Set<Integer> rings = new HashSet<>();
    for (ProvenPair match : proven) {
      Integer ring = ringOf(match.pair());
      if (ring != null && !rings.add(ring)) {
        return Optional.of(UnresolvedReason.CONFLICTING_PROOFS);
      }
    }
    if (open.stream().anyMatch(pair -> mayBeFurtherRing(pair, rings, proven.size()))) {
      return Optional.of(UnresolvedReason.AMBIGUOUS_NAME);
    }
    if (proven.size() > MappedDisk.MAX_WORKERS) {
      return Optional.of(UnresolvedReason.UNSUPPORTED_BACKEND);
    }
    boolean contiguous = rings.stream().allMatch(ring -> ring < proven.size());
    boolean keyed =
        vbd.backend().pids().byRing().keySet().stream().allMatch(ring -> ring < proven.size());
    return contiguous && keyed && !guestRequestsMore(vbd, proven, uptimeTicks, waits)
        ? Optional.empty()
        : Optional.of(UnresolvedReason.RINGS_MISSING);
  }

  /** The ring that a thread serves, from its name or from the key with its pid. */
  static @Nullable Integer ringOf(Pair pair) {
    if (pair.name().ring() != null) {
      return pair.name().ring();
    }
    Integer pid = pair.thread().id().pid();
    return pair.vbd().backend().pids().byRing().entrySet().stream()
        .filter(entry -> entry.getValue().equals(pid))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  private static boolean mayBeFurtherRing(Pair open, Set<Integer> rings, int proven) {
    Integer ring = open.name().ring();
    return ring == null || rings.size() < proven || !rings.contains(ring);
  }

  private static boolean guestRequestsMore(
      Vbd vbd, List<ProvenPair> proven, @Nullable Long uptimeTicks, RingWaits waits) {
    Integer wanted = vbd.backend().queues();
    if (wanted == null || Math.min(wanted, vbd.maxRings()) <= proven.size()) {
      return false;
    }
    long youngest =
        proven.stream()
            .mapToLong(match -> match.pair().thread().id().startTicks())
            .max()
            .orElseThrow();
    boolean young = uptimeTicks == null || uptimeTicks - youngest < YOUNG_TICKS;
    return young && waits.shouldWait(vbd, youngest);
  }
}
