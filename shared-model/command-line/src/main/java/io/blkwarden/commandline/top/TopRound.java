package io.blkwarden.commandline.top;

import java.time.Instant;
import java.util.List;

/**
 * What was seen at one time.
 *
 * @param at when
 * @param summary what it was seen of, in a few words
 * @param disks all disks, in any order
 * @param remarks what else people have to know, such as hosts that are silent
 */
public record TopRound(Instant at, String summary, List<DiskLine> disks, List<String> remarks) {
  public TopRound {
    disks = List.copyOf(disks);
    remarks = List.copyOf(remarks);
  }

  /** The disks that bear a text in a name, worst first; all for an empty one. */
  List<DiskLine> sorted(SortKey sort, String filter) {
    return disks.stream().filter(disk -> disk.bears(filter)).sorted(sort.worstFirst()).toList();
  }
}
