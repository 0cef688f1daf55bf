package io.blkwarden.agent.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A parsed device-mapper name of LVM: {@code vg-vm101_swap}, {@code my--vg-lv-real}.
 *
 * <p>LVM joins volume group, logical volume and layer with one hyphen and doubles the hyphens
 * within each. Characters that device mapper does not allow are written {@code \xNN}
 * (libdevmapper's {@code libdm-string.c}).
 *
 * @param volumeGroup the volume group
 * @param logicalVolume the logical volume
 * @param layer function of the device within the volume, such as {@code real}, {@code cow} or
 *     {@code tpool}; empty for the volume itself
 */
public record DmName(String volumeGroup, String logicalVolume, Optional<String> layer) {
  /** Parses a name of LVM; other names may look like one by chance. */
  public static ReadResult<DmName> parse(String name) {
    List<String> parts = split(name);
    if (parts.size() < 2 || parts.get(0).isEmpty() || parts.get(1).isEmpty()) {
      return ReadResult.malformed("dm name", "VG-LV or VG-LV-LAYER", name);
    }
    // The layer is last and may contain single hyphens.
    Optional<String> layer =
        parts.size() == 2
            ? Optional.empty()
            : Optional.of(String.join("-", parts.subList(2, parts.size())));
    return ReadResult.present(new DmName(parts.get(0), parts.get(1), layer));
  }

  private static List<String> split(String name) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int i = 0;
    while (i < name.length()) {
      char c = name.charAt(i);
      if (c != '-') {
        int escaped = c == '\\' ? hexAt(name, i) : -1;
        part.append(escaped < 0 ? c : (char) escaped);
        i += escaped < 0 ? 1 : 4;
      } else if (i + 1 < name.length() && name.charAt(i + 1) == '-') {
        part.append('-');
        i += 2;
      } else {
        parts.add(part.toString());
        part.setLength(0);
        i++;
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /** The character written as {@code \xNN} at this position, or -1. */
  private static int hexAt(String name, int at) {
    if (at + 4 > name.length() || name.charAt(at + 1) != 'x') {
      return -1;
    }
    int high = Character.digit(name.charAt(at + 2), 16);
    int low = Character.digit(name.charAt(at + 3), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }
}
