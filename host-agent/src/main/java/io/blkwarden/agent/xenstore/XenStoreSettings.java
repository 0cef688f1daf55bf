package io.blkwarden.agent.xenstore;

import java.nio.file.Path;
import java.util.List;

/**
 * The socket paths and timeouts of the connection to xenstored.
 *
 * @param root root of the socket paths: {@code /} on a live host
 * @param requestMillis request timeout, 10 ms to 60 s
 * @param backoffMinMillis longest delay before the first reconnect, 2 ms to 60 s
 * @param backoffMaxMillis longest delay before any reconnect, up to 10 min
 */
public record XenStoreSettings(
    Path root, int requestMillis, int backoffMinMillis, int backoffMaxMillis) {
  /** Socket paths of the C and OCaml servers below the root, in order of preference. */
  public static final List<String> SOCKETS =
      List.of("run/xenstored/socket", "var/run/xenstored/socket");

  /**
   * The kernel's xenstore devices below the root. They are not used, because closing one does not
   * end a pending read, and on some kernels a read blocks all writes.
   */
  static final List<String> DEVICES = List.of("dev/xen/xenbus", "proc/xen/xenbus");

  /** Settings for a busy dom0: request timeout 10 s, reconnects after 0.1 to 10 s. */
  public static XenStoreSettings of(Path root) {
    return new XenStoreSettings(root, 10_000, 200, 10_000);
  }
}
