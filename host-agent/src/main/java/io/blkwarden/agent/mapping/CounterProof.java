package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.model.Proof;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Proof by counters: the thread's read bytes lay between two readings of one disk's, twice, and of
 * no other's.
 *
 * <p>Both count the same bytes from 0: the thread ({@code read_bytes}) when it submits, the disk
 * ({@code rd_sect}) just after. So the counter of a disk's own thread always lies between two
 * readings of the disk, give or take one request, and a disk that has read has a thread. If exactly
 * one of all candidates lies there, and lies nowhere else, twice with growth between, it is that
 * thread. Disks with several rings need other proofs.
 */
final class CounterProof {
  private CounterProof() {}

  /** Adds proofs, and returns the pairs seen once. */
  static Map<Tie, Long> prove(ProofContext context, ProofTable table) {
    Map<Tie, Long> seenOnce = new HashMap<>();
    for (Vbd vbd : context.host().vbds()) {
      DiskCounters counters = vbd.backend().counters();
      if (counters != null && counters.readSectorsBefore() > 0 && table.of(vbd).isEmpty()) {
        vbd.connection()
            .ifPresent(connection -> {
              List<Pair> fits = context.candidates().of(vbd);
              if (comparable(fits, counters)) {
                List<Pair> inside = fits.stream().filter(CounterProof::isInside).toList();
                for (Pair pair : inside) {
                  Tie tie = new Tie(pair.thread().id(), connection);
                  Long before = context.history().bracketBytes(tie);
                  boolean only = inside.size() == 1 && isOutsideAllOthers(context, pair);
                  update(pair, tie, before, only, table, seenOnce);
                }
              }
            });
      }
    }
    return seenOnce;
  }

  private static void update(
      Pair pair,
      Tie tie,
      @Nullable Long before,
      boolean only,
      ProofTable table,
      Map<Tie, Long> seenOnce) {
    Long now = pair.thread().readBytes();
    if (only && before != null && now != null && now > before) {
      table.add(pair, Proof.COUNTER_BRACKET);
    } else if (before != null) {
      seenOnce.put(tie, before);
    } else if (only && now != null) {
      seenOnce.put(tie, now);
    }
  }

  /**
   * Whether the counters of all candidates were read and each candidate is a disk's only thread.
   */
  private static boolean comparable(List<Pair> fits, DiskCounters counters) {
    return counters.isValid()
        && fits.stream()
            .allMatch(pair -> {
              Long read = pair.thread().readBytes();
              return pair.singleRing() && read != null && !counters.mayHaveWrapped(read);
            });
  }

  private static boolean isInside(Pair pair) {
    DiskCounters counters = pair.vbd().backend().counters();
    Long read = pair.thread().readBytes();
    return counters != null && read != null && read > 0 && counters.contains(read, 1);
  }

  private static boolean isOutsideAllOthers(ProofContext context, Pair chosen) {
    return context.candidates().of(chosen.thread().id()).stream()
        .filter(pair -> !pair.vbd().slot().equals(chosen.vbd().slot()))
        .allMatch(other -> {
          DiskCounters counters = other.vbd().backend().counters();
          Long read = other.thread().readBytes();
          // Without a kernel device a disk was never connected and has no thread.
          return other.vbd().backend().kernelDevice() == null
              || (counters != null
                  && read != null
                  && other.singleRing()
                  && counters.isValid()
                  && !counters.mayHaveWrapped(read)
                  && !isInside(other));
        });
  }
}
