package io.blkwarden.agent.uevent;

import io.blkwarden.commandline.Check;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.List;

/** What {@code doctor} says about uevents: whether the socket opens. */
public final class UeventCheck {
  private static final String NAME = "uevents";

  private UeventCheck() {}

  /** Opens the socket and closes it again; sends nothing and causes no event. */
  public static List<Check> run() {
    return switch (UeventSocket.open(NetlinkUevents.BUFFER_BYTES)) {
      case ReadResult.Present<UeventSocket>(UeventSocket socket) -> {
        socket.close();
        yield List.of(Check.ok(NAME, "joined the kernel's group of NETLINK_KOBJECT_UEVENT"));
      }
      case ReadResult<UeventSocket> none ->
          List.of(
              Check.warn(
                  NAME,
                  none.describe(),
                  "New devices are found by full scans only. Allow AF_NETLINK to the service"
                      + " (RestrictAddressFamilies) and native calls to the JVM."));
    };
  }
}
