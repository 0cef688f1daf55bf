package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.ProofTable.Match;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.UnresolvedReason;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a disk's proven threads are all that it has: every ring, or none is touched.
 *
 * <p>How many rings a guest chose, only the guest says, in its own directory. So its number counts
 * for little: up to what the backend offered, and while the youngest thread is less than {@link
 * #YOUNG_TICKS} old, for the kernel starts all threads of a disk in one go. A larger number cannot
 * keep a disk unresolved for longer than that, nor more than twice ({@link RingWaits}), and a
 * smaller one hides no thread, for threads are counted and not the guest's word.
 */
final class Rings {
  /** For how long a guest's number may say that a thread is still to come: 30 s. */
  static final long YOUNG_TICKS = 3000;

  private Rings() {}

  /**
   * Why the disk cannot be used yet, or empty when its threads are complete.
   *
   * @param tied the threads proven to be its own
   * @param open threads that may be its own and are tied to none
   * @param uptimeTicks now; absent when unknown, and then a thread counts as young
   * @param waits for which disks more rings were awaited, and how often
   */
  static Optional<UnresolvedReason> missing(
      Vbd vbd, List<Match> tied, List<Pair> open, @Nullable Long uptimeTicks, RingWaits waits) {
    if (tied.isEmpty()) {
      return Optional.of(
          open.isEmpty() ? UnresolvedReason.NO_THREAD_YET : UnresolvedReason.AMBIGUOUS_NAME);
    }
    if (tied.stream().anyMatch(tie -> tie.pair().name().singleRing())) {
      return tied.size() == 1 ? Optional.empty() : Optional.of(UnresolvedReason.CONFLICTING_PROOFS);
    }
    Set<Integer> rings = new HashSet<>();
    for (Match tie : tied) {
      Integer ring = ringOf(tie.pair());
      if (ring != null && !rings.add(ring)) {
        return Optional.of(UnresolvedReason.CONFLICTING_PROOFS);
      }
    }
    if (open.stream().anyMatch(pair -> mayBeFurtherRing(pair, rings, tied.size()))) {
      return Optional.of(UnresolvedReason.AMBIGUOUS_NAME);
    }
    if (tied.size() > MappedDisk.MAX_WORKERS) {
      return Optional.of(UnresolvedReason.UNSUPPORTED_BACKEND);
    }
    boolean contiguous = rings.stream().allMatch(ring -> ring < tied.size());
    boolean keyed =
        vbd.backend().pids().byRing().keySet().stream().allMatch(ring -> ring < tied.size());
    return contiguous && keyed && !guestRequestsMore(vbd, tied, uptimeTicks, waits)
        ? Optional.empty()
        : Optional.of(UnresolvedReason.RINGS_MISSING);
  }

  /** The ring that a thread serves, by its name or by the key that holds its pid. */
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

  private static boolean mayBeFurtherRing(Pair open, Set<Integer> rings, int tied) {
    Integer ring = open.name().ring();
    return ring == null || rings.size() < tied || !rings.contains(ring);
  }

  private static boolean guestRequestsMore(
      Vbd vbd, List<Match> tied, @Nullable Long uptimeTicks, RingWaits waits) {
    Integer wanted = vbd.backend().requestedQueues();
    if (wanted == null || Math.min(wanted, vbd.maxRings()) <= tied.size()) {
      return false;
    }
    long youngest =
        tied.stream().mapToLong(tie -> tie.pair().thread().id().startTicks()).max().orElseThrow();
    boolean young = uptimeTicks == null || uptimeTicks - youngest < YOUNG_TICKS;
    return young && waits.shouldWait(vbd, youngest);
  }
}
