package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.model.Proof;
import java.util.List;

/**
 * The thread's whole name, which fits one disk only.
 *
 * <p>A name of full length may be a longer one that was cut. It counts only while no disk of the
 * host could have that longer name, the thread cannot be left over from one that had, and the disk
 * has done I/O (so that its own thread exists) as far as statistics tell.
 */
final class FullNameProof {
  private FullNameProof() {}

  static void prove(ProofContext situation, ProofTable ties) {
    for (List<Pair> fits : situation.candidates().threads()) {
      List<Pair> whole = fits.stream().filter(pair -> pair.name().whole()).toList();
      if (whole.size() == 1) {
        Pair pair = whole.getFirst();
        boolean sure = !pair.name().borderline() || borderlineHolds(situation, pair, fits);
        if (sure && pair.vbd().connection().isPresent()) {
          ties.add(pair, Proof.FULL_NAME);
        }
      }
    }
  }

  private static boolean borderlineHolds(ProofContext situation, Pair pair, List<Pair> fits) {
    DiskCounters counters = pair.vbd().backend().counters();
    return fits.size() == 1
        && !situation.history().mayBeLeftover(pair.thread())
        && (counters == null
            || counters.sawIo()
            || situation.history().startedAfterUnconnected(pair.thread(), pair.vbd()));
  }
}
