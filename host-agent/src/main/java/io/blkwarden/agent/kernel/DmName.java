package io.blkwarden.agent.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-fA-F]{2})");

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

  /** Splits at single hyphens; a doubled one is a hyphen. */
  private static List<String> split(String name) {
    return Arrays.stream(name.replace("--", "\0").split("-", -1))
        .map(part -> unescape(part.replace('\0', '-')))
        .toList();
  }

  private static String unescape(String part) {
    return ESCAPE
        .matcher(part)
        .replaceAll(escape ->
            Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 16))));
  }
}
