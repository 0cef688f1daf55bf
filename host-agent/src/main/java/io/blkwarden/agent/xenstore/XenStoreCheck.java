package io.blkwarden.agent.xenstore;

import io.blkwarden.commandline.Check;
import io.blkwarden.agent.kernel.ReadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What {@code doctor} says about xenstore: whether it answers, and whether watches fire. */
public final class XenStoreCheck {
  private static final String NAME = "xenstore";
  private static final String WATCHES = "xenstore-watches";
  private static final String TOKEN = "blkwarden-doctor";

  private XenStoreCheck() {}

  /** Connects, lists the domains, and waits for the event that every new watch brings. */
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
                Check.ok(NAME, "xenstored answers, and has " + domains.size() + " domains"),
                watches(store, fired, settings.requestMillis()));
        case ReadResult<List<String>> none ->
            List.of(
                Check.fail(NAME, none.describe(), remedy(settings.root())),
                Check.fail(WATCHES, "not tried without a connection", remedy(settings.root())));
      };
    }
  }

  private static Check watches(SocketXenStore store, CountDownLatch fired, int millis) {
    String remedy = "Changes are found by full scans only; look at xenstored's log and its quotas.";
    try {
      Optional<String> refused = store.watch("@releaseDomain", TOKEN);
      if (refused.isPresent()) {
        return Check.warn(WATCHES, refused.get(), remedy);
      }
      return fired.await(millis, TimeUnit.MILLISECONDS)
          ? Check.ok(WATCHES, "a watch on @releaseDomain fired")
          : Check.warn(WATCHES, "no event of a watch for " + millis + " ms", remedy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.warn(WATCHES, "interrupted", remedy);
    }
  }

  private static String remedy(Path root) {
    if (!Files.exists(root.resolve("proc/xen/capabilities"))) {
      return "This is no Xen dom0, or /proc/xen is not mounted: run the agent in a dom0, or give"
          + " --root a captured tree.";
    }
    if (XenStoreSettings.SOCKETS.stream().noneMatch(path -> Files.exists(root.resolve(path)))) {
      return "Start xenstored; xenstore stub domains are not supported.";
    }
    return "Run as root, and see that xenstored runs.";
  }
}
