package io.blkwarden.commandline.top;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The data of one refresh.
 *
 * @param at its time
 * @param summary a summary, such as the number of disks
 * @param disks all disks, in any order
 * @param remarks remarks, such as stale hosts
 */
public record TopRound(Instant at, String summary, List<DiskLine> disks, List<String> remarks) {
  private static final int NAMES = 5;

  public TopRound {
    disks = List.copyOf(disks);
    remarks = List.copyOf(remarks);
  }

  /** The remark about physical devices whose utilisation is unknown, at least one. */
  public static String unknownDevices(List<String> devices) {
    return "utilisation of %s is unknown: the device does not count I/O".formatted(names(devices));
  }

  /** The first names, and the number of others. */
  public static String names(List<String> names) {
    int more = names.size() - NAMES;
    return names.stream().limit(NAMES).collect(Collectors.joining(", "))
        + (more > 0 ? " and %d more".formatted(more) : "");
  }

  /** The disks with a text in a name, sorted; all for an empty text. */
  List<DiskLine> sorted(Column sort, boolean totals, String filter) {
    return disks.stream().filter(disk -> disk.matches(filter)).sorted(sort.order(totals)).toList();
  }
}
