package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.model.Proof;
import java.util.List;

/**
 * Proof by name: the thread's untruncated name matches only this disk.
 *
 * <p>A name of maximum length may be truncated. It counts only while no other disk of the host
 * could have the longer name, the thread cannot be a leftover of such a disk, and the disk has done
 * I/O (so its own thread exists) if there are statistics.
 */
final class FullNameProof {
  private FullNameProof() {}

  static void prove(ProofContext context, ProofTable table) {
    for (List<Pair> fits : context.candidates().threads()) {
      List<Pair> whole = fits.stream().filter(pair -> pair.name().whole()).toList();
      if (whole.size() == 1) {
        Pair pair = whole.getFirst();
        boolean proven = !pair.name().borderline() || isProvenAtMaximumLength(context, pair, fits);
        if (proven && pair.vbd().connection().isPresent()) {
          table.add(pair, Proof.FULL_NAME);
        }
      }
    }
  }

  private static boolean isProvenAtMaximumLength(ProofContext context, Pair pair, List<Pair> fits) {
    DiskCounters counters = pair.vbd().backend().counters();
    return fits.size() == 1
        && !context.history().mayBeLeftover(pair.thread())
        && (counters == null
            || counters.sawIo()
            || context.history().startedAfterUnconnected(pair.thread(), pair.vbd()));
  }
}
