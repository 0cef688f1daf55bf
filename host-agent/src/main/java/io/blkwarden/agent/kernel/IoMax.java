package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.Arrays;
import java.util.Optional;

/**
 * The {@code io.max} limits of a cgroup.
 *
 * <p>Source: {@code io.max} of cgroup v2, one line per device: {@code "253:1 rbps=max wbps=max
 * riops=20 wiops=20"}. A device without limits has no line. The kernel's minimum is 2.
 *
 * @param lines the whole file
 */
public record IoMax(String lines) {
  private static final String READS = "riops=";
  private static final String WRITES = "wiops=";

  /** The line that limits a device to this many reads and writes per second each. */
  public static String rule(DeviceNumber device, int perSecond) {
    return "%s %s%d %s%d".formatted(device, READS, perSecond, WRITES, perSecond);
  }

  /**
   * A device's limit of reads and of writes per second: absent without a limit, malformed when the
   * two differ.
   */
  public ReadResult<Integer> perSecond(DeviceNumber device) {
    Optional<String> line = lines.lines().filter(each -> each.startsWith(device + " ")).findFirst();
    if (line.isEmpty()) {
      return ReadResult.absent("io.max of " + device);
    }
    Optional<Integer> reads = field(line.get(), READS);
    Optional<Integer> writes = field(line.get(), WRITES);
    return reads.isPresent() && reads.equals(writes)
        ? ReadResult.present(reads.get())
        : ReadResult.malformed("io.max", "the same riops and wiops", line.get());
  }

  private static Optional<Integer> field(String line, String name) {
    return Arrays.stream(line.split(" ", -1))
        .filter(part -> part.startsWith(name))
        .map(part -> part.substring(name.length()))
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(Integer::valueOf)
        .findFirst();
  }
}
