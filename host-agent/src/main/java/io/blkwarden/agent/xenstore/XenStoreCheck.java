package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The {@code doctor} checks of xenstore and its watches. */
public final class XenStoreCheck {
  private static final String NAME = "xenstore";
  private static final String WATCHES = "xenstore-watches";
  private static final String TOKEN = "blkwarden-doctor";

  private XenStoreCheck() {}

  /** Connects, lists the domains, and waits for the initial event of a watch. */
  public static List<Check> run(XenStoreSettings settings, RandomGenerator random) {
    CountDownLatch fired = new CountDownLatch(1);
    try (SocketXenStore store =
        SocketXenStore.open(
            settings,
            event -> {
              if (event instanceof XenEvent.Changed(String _, String token)
                  && token.equals(TOKEN)) {
                fired.countDown();
              }
            },
            random)) {
      return switch (store.directory("/local/domain")) {
        case ReadResult.Present<List<String>>(List<String> domains) ->
            List.of(
                Check.ok(NAME, "xenstored responds: " + domains.size() + " domains"),
                watches(store, fired, settings.requestMillis()));
        case ReadResult<List<String>> none ->
            List.of(
                Check.fail(NAME, none.describe(), remedy(settings.root())),
                Check.fail(WATCHES, "not checked: no connection", remedy(settings.root())));
      };
    }
  }

  private static Check watches(SocketXenStore store, CountDownLatch fired, int millis) {
    String remedy = "Changes are found by full scans only. Check the log and quotas of xenstored.";
    try {
      Optional<String> refused = store.watch("@releaseDomain", TOKEN);
      if (refused.isPresent()) {
        return Check.warn(WATCHES, refused.get(), remedy);
      }
      return fired.await(millis, TimeUnit.MILLISECONDS)
          ? Check.ok(WATCHES, "a watch on @releaseDomain fired")
          : Check.warn(WATCHES, "no watch event within " + millis + " ms", remedy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.warn(WATCHES, "interrupted", remedy);
    }
  }

  private static String remedy(Path root) {
    if (!Files.exists(root.resolve("proc/xen/capabilities"))) {
      return "This is not a Xen dom0, or /proc/xen is not mounted. Run this in a dom0, or set"
          + " --root to a captured tree.";
    }
    if (XenStoreSettings.SOCKETS.stream().noneMatch(path -> Files.exists(root.resolve(path)))) {
      return "Start xenstored; xenstore stub domains are not supported.";
    }
    return "Run this as root, and check that xenstored is running.";
  }
}
