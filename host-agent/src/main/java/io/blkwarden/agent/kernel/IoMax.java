package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.Arrays;
import java.util.Optional;

/**
 * A cgroup's rules about block devices.
 *
 * <p>Source: {@code io.max} of cgroup v2, a line a device: {@code "253:1 rbps=max wbps=max riops=20
 * wiops=20"}. A device without a rule has no line. The kernel takes 2 as the least number.
 *
 * @param lines the whole file
 */
public record IoMax(String lines) {
  private static final String READS = "riops=";
  private static final String WRITES = "wiops=";

  /** What is written to limit reads and writes of a device to so many a second each. */
  public static String rule(DeviceNumber device, int perSecond) {
    return "%s %s%d %s%d".formatted(device, READS, perSecond, WRITES, perSecond);
  }

  /**
   * How many reads a second, and writes a second, a device may do: absent when nothing limits them,
   * malformed when the two differ.
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
