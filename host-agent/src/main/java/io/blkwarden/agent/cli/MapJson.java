package io.blkwarden.agent.cli;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.json.ControlJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A host's map as JSON: an array with an object for each disk, one a line, as in a mapping
 * snapshot.
 *
 * <p>All that is not ASCII is escaped, so that no name that a guest's owner chose can act on a
 * terminal.
 */
final class MapJson {
  private MapJson() {}

  /** The array, ending in a newline. */
  static String render(List<MappedDisk> disks) {
    return disks.stream()
        .map(disk -> ascii(new String(ControlJson.encodeDisk(disk), StandardCharsets.UTF_8)))
        .collect(Collectors.joining(",\n ", "[", "]\n"));
  }

  /** Outside of JSON's strings all is ASCII, so that what is not can be escaped in place. */
  private static String ascii(String json) {
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x7F) {
        out.append(c);
      } else {
        out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.toString();
  }
}
