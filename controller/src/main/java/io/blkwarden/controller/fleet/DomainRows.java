package io.blkwarden.controller.fleet;

import io.blkwarden.model.MappedDisk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Chains of the rows of each domain's disks, or of its disks of one role, in order; immutable, 4
 * bytes per row.
 */
final class DomainRows {
  /** The end of a chain. */
  static final int END = Character.MAX_VALUE; // a map has MappingSnapshot.MAX_DISKS rows at most

  /** The first disk in the chain of each row's domain, or {@link #END}. */
  final char[] first;

  /** The disk after each one of the same domain, or {@link #END}. */
  final char[] next;

  /**
   * Chains the disks of each domain.
   *
   * @param which selects the disks in the chains
   */
  DomainRows(List<MappedDisk> disks, Predicate<MappedDisk> which) {
    first = new char[disks.size()];
    next = new char[disks.size()];
    Map<UUID, Integer> firstOf = new HashMap<>();
    for (int row = disks.size() - 1; row >= 0; row--) {
      if (which.test(disks.get(row))) {
        Integer later = firstOf.put(disks.get(row).domain().uuid(), row);
        next[row] = later == null ? (char) END : (char) later.intValue();
      }
    }
    for (int row = 0; row < first.length; row++) {
      first[row] = (char) firstOf.getOrDefault(disks.get(row).domain().uuid(), END).intValue();
    }
  }
}
