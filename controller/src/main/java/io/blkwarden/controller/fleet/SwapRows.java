package io.blkwarden.controller.fleet;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.VolumeRole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * For each row of a host's map the swap disks of its domain, in order, as a chain of rows: four
 * bytes a row; immutable.
 */
final class SwapRows {
  /** The end of a chain. */
  static final int END = Character.MAX_VALUE; // a map has MappingSnapshot.MAX_DISKS rows at most

  private final char[] first;
  private final char[] next;

  SwapRows(List<MappedDisk> disks) {
    first = new char[disks.size()];
    next = new char[disks.size()];
    Map<UUID, Integer> firstOf = new HashMap<>();
    for (int row = disks.size() - 1; row >= 0; row--) {
      if (disks.get(row).volume().role() == VolumeRole.SWAP) {
        Integer later = firstOf.put(disks.get(row).domain().uuid(), row);
        next[row] = later == null ? (char) END : (char) later.intValue();
      }
    }
    for (int row = 0; row < first.length; row++) {
      first[row] = (char) firstOf.getOrDefault(disks.get(row).domain().uuid(), END).intValue();
    }
  }

  /** The first swap disk of the row's domain, or {@link #END}. */
  int first(int row) {
    return first[row];
  }

  /** The swap disk after this one of the same domain, or {@link #END}. */
  int next(int swap) {
    return next[swap];
  }
}
