package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.model.Proof;
import java.util.List;

/** Proofs by the thread's pid and by its name. */
final class NameProofs {
  private NameProofs() {}

  /**
   * Proof by the backend's {@code kthread-pid} keys, flat or per ring, of a connected disk.
   *
   * <p>Pids that are not those of a kernel thread with a matching name are ignored: XCP-ng's 4.19
   * removes the key after the thread has ended.
   */
  static void provePids(ProofContext context, ProofTable table) {
    for (Vbd vbd : context.host().vbds()) {
      if (vbd.connection().isPresent()) {
        Backend.KthreadPids pids = vbd.backend().pids();
        for (Candidates.Pair pair : context.candidates().of(vbd)) {
          Integer pid = pair.thread().id().pid();
          if (pid.equals(pids.flat()) || pids.byRing().containsValue(pid)) {
            table.add(pair, Proof.KTHREAD_PID);
          }
        }
      }
    }
  }

  /**
   * Proof by name: the thread's untruncated name matches only this disk.
   *
   * <p>A name of maximum length may be truncated. It counts only while no other disk of the host
   * could have the longer name, the thread cannot be a leftover of such a disk, and the disk has
   * done I/O (so its own thread exists) if there are statistics.
   */
  static void proveNames(ProofContext context, ProofTable table) {
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
