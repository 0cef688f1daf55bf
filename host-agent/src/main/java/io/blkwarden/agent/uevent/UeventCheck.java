package io.blkwarden.agent.uevent;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import java.util.List;

/** The {@code doctor} check of uevents. */
public final class UeventCheck {
  private static final String NAME = "uevents";

  private UeventCheck() {}

  /** Opens and closes the socket; sends nothing. */
  public static List<Check> run() {
    return switch (UeventSocket.open(NetlinkUevents.BUFFER_BYTES)) {
      case ReadResult.Present<UeventSocket>(UeventSocket socket) -> {
        socket.close();
        yield List.of(Check.ok(NAME, "the NETLINK_KOBJECT_UEVENT socket works"));
      }
      case ReadResult<UeventSocket> none ->
          List.of(
              Check.warn(
                  NAME,
                  none.describe(),
                  "New devices are found by full scans only. Allow AF_NETLINK in the service's"
                      + " RestrictAddressFamilies, and --enable-native-access in the JVM"
                      + " options."));
    };
  }
}
