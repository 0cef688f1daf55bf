package io.blkwarden.commandline.top;

import java.time.Instant;
import java.util.List;

/**
 * The data of one refresh.
 *
 * @param at its time
 * @param summary a summary, such as the number of disks
 * @param disks all disks, in any order
 * @param remarks remarks, such as stale hosts
 */
public record TopRound(Instant at, String summary, List<DiskLine> disks, List<String> remarks) {
  public TopRound {
    disks = List.copyOf(disks);
    remarks = List.copyOf(remarks);
  }

  /** The disks with a text in a name, sorted; all for an empty text. */
  List<DiskLine> sorted(SortKey sort, String filter) {
    return disks.stream().filter(disk -> disk.matches(filter)).sorted(sort.worstFirst()).toList();
  }
}
