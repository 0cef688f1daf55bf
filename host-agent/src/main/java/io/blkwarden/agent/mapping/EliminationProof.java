package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.DomainSet;
import io.blkwarden.model.Proof;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Proof by elimination: all other disks of the domain are proven, one thread remains, and nothing
 * changed since the last snapshot.
 *
 * <p>It requires that the disk's own thread exists: the disk did I/O since it was connected, or the
 * thread started after the disk was seen unconnected. Otherwise the remaining thread may belong to
 * a removed disk while this disk's own thread does not exist yet.
 */
final class EliminationProof {
  private EliminationProof() {}

  /**
   * Adds proofs.
   *
   * @param before sets of the previous snapshot, by domid
   * @param now sets of this snapshot
   * @param resolved whether all workers of a disk are proven
   */
  static void prove(
      ProofContext context,
      Map<Integer, DomainSet> before,
      Map<Integer, DomainSet> now,
      Predicate<Vbd> resolved,
      ProofTable table) {
    now.forEach((domid, set) -> {
      if (set.equals(before.get(domid))) {
        List<Vbd> open = context.host().vbdsOf(domid).stream().filter(resolved.negate()).toList();
        if (open.size() == 1) {
          prove(context, open.getFirst(), table);
        }
      }
    });
  }

  private static void prove(ProofContext context, Vbd vbd, ProofTable table) {
    List<Pair> left =
        context.candidates().of(vbd).stream()
            .filter(pair -> !table.isProven(pair.thread()))
            .toList();
    if (vbd.connection().isPresent() && table.of(vbd).isEmpty() && left.size() == 1) {
      Pair pair = left.getFirst();
      if (!context.history().mayBeLeftover(pair.thread())
          && ownThreadExists(context, pair)
          && countersAgree(pair)) {
        table.add(pair, Proof.ELIMINATION);
      }
    }
  }

  private static boolean ownThreadExists(ProofContext context, Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    return (counters != null && counters.sawIo())
        || (pair.singleRing()
            && context.history().startedAfterUnconnected(pair.thread(), pair.vbd()));
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
