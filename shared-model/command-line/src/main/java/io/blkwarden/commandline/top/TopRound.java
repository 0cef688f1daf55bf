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
    String more = devices.size() > NAMES ? " and %d more".formatted(devices.size() - NAMES) : "";
    return "utilisation of %s%s is unknown: the device does not count I/O"
        .formatted(devices.stream().limit(NAMES).collect(Collectors.joining(", ")), more);
  }

  /** The disks with a text in a name, sorted; all for an empty text. */
  List<DiskLine> sorted(Column sort, boolean totals, String filter) {
    return disks.stream().filter(disk -> disk.matches(filter)).sorted(sort.order(totals)).toList();
  }
}
