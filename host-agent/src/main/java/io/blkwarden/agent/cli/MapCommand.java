package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.RootedFiles;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.Resolution;
import io.blkwarden.agent.mapping.Unread;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code blkwarden-agent map}: which threads serve which guest disk, on this host or in a captured
 * tree. Changes no priority; exits 0 when all that proofs need was read, else 1.
 */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which threads of this host serve which guest disk, and how that is proven.",
      "Needs no NATS, and changes nothing: for disks that only their I/O can tell apart, a trace"
          + " of their devices runs while it settles."
    })
final class MapCommand implements Callable<Integer> {
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(ms|s)");
  private static final long LONGEST_SETTLE_MILLIS = TimeUnit.MINUTES.toMillis(5);
  private static final long LIVE_SETTLE_MILLIS = 2_000;
  private static final long BETWEEN_SCANS_MILLIS = 250;
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = {
        "Look at the tree below DIR instead of this host (default: ${DEFAULT-VALUE}).",
        "What xenstore-ls -f prints is expected there as xenstore.txt."
      })
  private Path root = Path.of("/");

  @Option(names = "--json", description = "Print a JSON array, an object for each disk.")
  private boolean json;

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      description = {
        "For how long to watch disks that only their I/O can tell apart, such as 500ms or 5s, at"
            + " most 300s (default: 2s on this host; a captured tree does not change, so 0s)."
      })
  private @Nullable String settle;

  @Mixin private RoleOptions roleOptions = new RoleOptions();

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    if (!problems.isEmpty()) {
      return complain(USAGE, String.join("; ", problems));
    }
    boolean live = root.toAbsolutePath().normalize().equals(Path.of("/"));
    long settleMillis = live ? LIVE_SETTLE_MILLIS : 0;
    if (settle != null) {
      Matcher time = TIME.matcher(settle);
      settleMillis = time.matches() ? millis(time) : Long.MAX_VALUE;
      if (settleMillis > LONGEST_SETTLE_MILLIS) {
        return complain(
            USAGE,
            "--settle: expected a time such as 500ms or 5s, up to 300s, found '" + settle + "'");
      }
    }
    Reading<RootedFiles> rooted = RootedFiles.below(root);
    if (!(rooted instanceof Reading.Present<RootedFiles>(RootedFiles files))) {
      return complain(USAGE, "--root: " + rooted.describe());
    }
    Deque<Runnable> closing = new ArrayDeque<>();
    try {
      Reading<MapSources> sources = live ? MapHosts.live(files, closing) : MapHosts.captured(files);
      return sources instanceof Reading.Present<MapSources>(MapSources found)
          ? show(found, roles, settleMillis)
          : complain(FAILED, sources.describe());
    } finally {
      closing.forEach(Runnable::run);
    }
  }

  private static long millis(Matcher time) {
    long amount = Long.parseLong(time.group(1));
    return time.group(2).equals("ms") ? amount : TimeUnit.SECONDS.toMillis(amount);
  }

  private int show(MapSources sources, RolePatterns roles, long settleMillis) {
    HostScanner scanner = new HostScanner(sources.files(), sources.store(), sources.priorities());
    MappingResolver resolver = new MappingResolver(roles);
    HostSnapshot snapshot = scanner.scan(sources.trace()::drain);
    Resolution resolution = resolver.resolve(snapshot, Evidence.none());
    long begin = System.nanoTime();
    while (!resolution.wantTraced().isEmpty()
        && System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(settleMillis)) {
      sources.trace().arm(resolution.wantTraced());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_SCANS_MILLIS));
      snapshot = scanner.scan(sources.trace()::drain);
      resolution = resolver.resolve(snapshot, resolution.next());
    }
    print(sources, snapshot, resolution);
    return snapshot.complete() ? DONE : FAILED;
  }

  private void print(MapSources sources, HostSnapshot snapshot, Resolution resolution) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (json) {
      out.print(MapJson.render(resolution.disks()));
    } else {
      String host = sources.files().read("proc/sys/kernel/hostname").map(String::strip).orElse("?");
      String kernel = snapshot.kernel() == null ? "?" : snapshot.kernel().text();
      out.print(MapTable.render(host, kernel, resolution.disks()));
    }
    for (Unread unread : snapshot.unread()) {
      err.println(
          "%s: %s: %s"
              .formatted(
                  unread.essential() ? "error" : "note",
                  Printable.of(unread.source()),
                  Printable.of(unread.reason())));
    }
    out.flush();
    err.flush();
  }

  private int complain(int code, String problem) {
    spec.commandLine().getErr().println("error: " + Printable.of(problem));
    spec.commandLine().getErr().flush();
    return code;
  }
}
