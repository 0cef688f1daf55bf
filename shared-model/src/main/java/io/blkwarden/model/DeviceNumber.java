package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block device's major and minor number, written {@code 253:20}.
 *
 * @param major 0 to 4095 (12 bits, {@code MINORBITS} in the kernel's kdev_t.h)
 * @param minor 0 to 1048575 (20 bits)
 */
public record DeviceNumber(int major, int minor) implements Comparable<DeviceNumber> {
  private static final Pattern DECIMAL = Pattern.compile("(\\d{1,4}):(\\d{1,7})");
  private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{1,3}):([0-9a-fA-F]{1,5})");

  public DeviceNumber {
    Require.within(major, 0, 4095, "device.major");
    Require.within(minor, 0, 0xFFFFF, "device.minor");
  }

  /** Parses {@code 253:20}, the format of {@code /sys/block/.../dev}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static DeviceNumber parse(String text) {
    return parse(text, DECIMAL, 10);
  }

  /** Parses {@code fd:14}, the format of xenstore's {@code physical-device} and blkback's sysfs. */
  public static DeviceNumber parseHex(String text) {
    return parse(text, HEX, 16);
  }

  private static DeviceNumber parse(String text, Pattern pattern, int radix) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "device: expected MAJOR:MINOR in base %d, found '%s'".formatted(radix, text));
    }
    return new DeviceNumber(
        Integer.parseInt(matcher.group(1), radix), Integer.parseInt(matcher.group(2), radix));
  }

  /** The kernel's internal {@code dev_t}, used in trace event filters: 253:4 is 265289732. */
  public long kernelDev() {
    return ((long) major << 20) | minor;
  }

  @JsonValue
  @Override
  public String toString() {
    return major + ":" + minor;
  }

  @Override
  public int compareTo(DeviceNumber other) {
    return Long.compare(kernelDev(), other.kernelDev());
  }
}
