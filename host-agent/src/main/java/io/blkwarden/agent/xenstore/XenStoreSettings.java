package io.blkwarden.agent.xenstore;

import io.blkwarden.model.Require;
import java.nio.file.Path;
import java.util.List;

/**
 * Where xenstored is and how long to wait for it.
 *
 * @param root what the sockets' paths are below: {@code /} on a live host
 * @param requestMillis how long one request may take, 10 ms to 60 s
 * @param backoffMinMillis longest wait before the first reconnect, 2 ms to 60 s
 * @param backoffMaxMillis longest wait before any reconnect, up to 10 minutes
 */
public record XenStoreSettings(
    Path root, int requestMillis, int backoffMinMillis, int backoffMaxMillis) {
  /** Where the C and the OCaml server listen, below the root, in the order of trying. */
  public static final List<String> SOCKETS =
      List.of("run/xenstored/socket", "var/run/xenstored/socket");

  /**
   * The kernel's own ways to xenstored, below the root. They are only told of, not used: closing
   * one does not end a read under way, and on some kernels a read holds up every write.
   */
  static final List<String> DEVICES = List.of("dev/xen/xenbus", "proc/xen/xenbus");

  public XenStoreSettings {
    Require.present(root, "xenstore.root");
    Require.within(requestMillis, 10, 60_000, "xenstore.request_ms");
    Require.within(backoffMinMillis, 2, 60_000, "xenstore.backoff_min_ms");
    Require.within(backoffMaxMillis, backoffMinMillis, 600_000, "xenstore.backoff_max_ms");
  }

  /** What suits a dom0 short of CPU: 10 s for a request, reconnects after 0.1 to 10 s. */
  public static XenStoreSettings of(Path root) {
    return new XenStoreSettings(root, 10_000, 200, 10_000);
  }
}
