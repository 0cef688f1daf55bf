package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.Candidates.Pair;
import io.blkwarden.agent.mapping.Evidence.Tie;
import io.blkwarden.model.Proof;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counters that only one thread and one disk share, twice, with growth between.
 *
 * <p>Both count the same bytes from 0, the thread ({@code read_bytes}) when it submits, the disk
 * ({@code rd_sect}) just after. So a disk's own thread always lies between two readings of the
 * disk, give or take one request; a disk that has read has its thread; and where exactly one of all
 * candidates lies there, and lies nowhere else, it is the one. Disks with several rings are left to
 * other proofs, for there the sum would have to be guessed.
 */
final class CounterProof {
  private CounterProof() {}

  /** Adds ties, and returns what was seen once. */
  static Map<Tie, Long> prove(ProofContext situation, ProofTable ties) {
    Map<Tie, Long> seenOnce = new HashMap<>();
    for (Vbd vbd : situation.host().vbds()) {
      DiskCounters counters = vbd.backend().counters();
      if (counters != null && counters.readSectorsBefore() > 0 && ties.of(vbd).isEmpty()) {
        vbd.connection()
            .ifPresent(life -> {
              List<Pair> fits = situation.candidates().of(vbd);
              if (comparable(fits, counters)) {
                List<Pair> inside = fits.stream().filter(CounterProof::isInside).toList();
                for (Pair pair : inside) {
                  Tie claim = new Tie(pair.thread().id(), life);
                  Long before = situation.history().bracketBytes(claim);
                  boolean only = inside.size() == 1 && isOutsideAllOthers(situation, pair);
                  update(pair, claim, before, only, ties, seenOnce);
                }
              }
            });
      }
    }
    return seenOnce;
  }

  private static void update(
      Pair pair,
      Tie claim,
      @Nullable Long before,
      boolean only,
      ProofTable ties,
      Map<Tie, Long> seenOnce) {
    Long now = pair.thread().readBytes();
    if (only && before != null && now != null && now > before) {
      ties.add(pair, Proof.COUNTER_BRACKET);
    } else if (before != null) {
      seenOnce.put(claim, before);
    } else if (only && now != null) {
      seenOnce.put(claim, now);
    }
  }

  /** Whether the counters of all candidates were read, and each is one thread against one disk. */
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

  private static boolean isOutsideAllOthers(ProofContext situation, Pair chosen) {
    return situation.candidates().of(chosen.thread().id()).stream()
        .filter(pair -> !pair.vbd().slot().equals(chosen.vbd().slot()))
        .allMatch(other -> {
          DiskCounters counters = other.vbd().backend().counters();
          Long read = other.thread().readBytes();
          // Without a device in the kernel a disk was never connected, and has no thread.
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
