package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.model.Proof;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All other disks of the domain are proven, one thread is left, and nothing moved.
 *
 * <p>Sound only because the disk's own thread exists: the disk has done I/O since it was connected,
 * or the thread began after the disk was seen unconnected. Else the one thread that is left might
 * be that of a disk which is gone, while this disk's own is yet to come.
 */
final class EliminationProof {
  private EliminationProof() {}

  /**
   * Adds ties.
   *
   * @param before sets of the snapshot before, by domid
   * @param now sets of this one
   * @param resolved whether all workers of a disk are proven
   */
  static void prove(
      ProofContext situation,
      Map<Integer, DomainSet> before,
      Map<Integer, DomainSet> now,
      Predicate<Vbd> resolved,
      ProofTable ties) {
    now.forEach((domid, set) -> {
      if (set.equals(before.get(domid))) {
        List<Vbd> open = situation.host().vbdsOf(domid).stream().filter(resolved.negate()).toList();
        if (open.size() == 1) {
          prove(situation, open.getFirst(), ties);
        }
      }
    });
  }

  private static void prove(ProofContext situation, Vbd vbd, ProofTable ties) {
    List<Pair> left =
        situation.candidates().of(vbd).stream().filter(pair -> !ties.isProven(pair.thread())).toList();
    if (vbd.connection().isPresent() && ties.of(vbd).isEmpty() && left.size() == 1) {
      Pair pair = left.getFirst();
      if (!situation.history().mayBeLeftover(pair.thread())
          && ownThreadExists(situation, pair)
          && countersAgree(pair)) {
        ties.add(pair, Proof.ELIMINATION);
      }
    }
  }

  private static boolean ownThreadExists(ProofContext situation, Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    return (counters != null && counters.sawIo())
        || (pair.singleRing() && situation.history().startedAfterUnconnected(pair.thread(), pair.vbd()));
  }

  private static boolean countersAgree(Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    Long read = pair.thread().readBytes();
    return counters == null
        || read == null
        || !counters.isValid()
        || counters.mayHaveWrapped(read)
        || counters.contains(read, 1);
  }
}
