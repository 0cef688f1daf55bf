package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A message of the kernel about a device.
 *
 * <p>Format ({@code lib/kobject_uevent.c}): strings, each terminated by a NUL:
 *
 * <pre>{@code
 * add@/devices/vbd-3-51713  ACTION=add  DEVPATH=/devices/vbd-3-51713  SUBSYSTEM=xen-backend
 * MODALIAS=xen-backend:vbd  XENBUS_TYPE=vbd  XENBUS_PATH=backend/vbd/3/51713  SEQNUM=849
 * }</pre>
 *
 * @param action {@code add}, {@code remove}, {@code change}, {@code bind}, {@code unbind}, {@code
 *     move}, {@code online} or {@code offline}
 * @param devpath path below {@code /sys}
 * @param subsystem such as {@code block} or {@code xen-backend}
 */
public record Uevent(String action, String devpath, String subsystem) implements UeventNotice {
  /** Longest message, in bytes; the kernel's limit is 2048 plus the header. */
  public static final int MAX_BYTES = 8192;

  /** Maximum number of variables; the kernel's limit is 64. */
  public static final int MAX_PROPERTIES = 256;

  private static final String SOURCE = "uevent";
  private static final String LIBUDEV = "libudev";

  /**
   * Parses a message. Malformed if a required variable is missing, or if udev sent it: its messages
   * start with {@code libudev} and a magic number.
   */
  public static ReadResult<Uevent> parse(ByteBuffer message) {
    if (message.remaining() > MAX_BYTES) {
      return bad("at most " + MAX_BYTES + " bytes", message.remaining() + " bytes");
    }
    // device names are ASCII, names of volume groups may be anything
    String[] strings = StandardCharsets.UTF_8.decode(message.slice()).toString().split("\0", -1);
    if (strings[0].equals(LIBUDEV)) {
      return bad("a message of the kernel", "a message of udev");
    }
    if (strings.length > MAX_PROPERTIES + 2) {
      return bad("at most " + MAX_PROPERTIES + " variables", strings.length + " strings");
    }
    Map<String, String> properties = new HashMap<>();
    for (int n = 1; n < strings.length; n++) {
      int equals = strings[n].indexOf('=');
      if (equals > 0) {
        properties.put(strings[n].substring(0, equals), strings[n].substring(equals + 1));
      } else if (!strings[n].isEmpty()) {
        return bad("NAME=VALUE", strings[n]);
      }
    }
    return ofProperties(strings[0], properties);
  }

  private static ReadResult<Uevent> ofProperties(String header, Map<String, String> properties) {
    String action = properties.getOrDefault("ACTION", "");
    String devpath = properties.getOrDefault("DEVPATH", "");
    String subsystem = properties.getOrDefault("SUBSYSTEM", "");
    if (action.isEmpty() || subsystem.isEmpty() || !devpath.startsWith("/")) {
      return bad("ACTION, DEVPATH and SUBSYSTEM", header);
    }
    if (!header.equals(action + "@" + devpath)) {
      return bad(action + "@" + devpath, header);
    }
    return ReadResult.present(new Uevent(action, devpath, subsystem));
  }

  private static ReadResult<Uevent> bad(String expected, String found) {
    return ReadResult.malformed(SOURCE, expected, found);
  }
}
