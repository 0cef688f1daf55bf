package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Ink;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final String DOM0 =
      "run it as root in a Xen dom0, or give --root a captured tree; 'blkwarden-agent doctor' tells"
          + " more";
  private static final String DOCTOR = "'blkwarden-agent doctor' tells what to do";
  private static final String TREE =
      "give --root a captured tree, with what 'xenstore-ls -f' prints in xenstore.txt";

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
    CommandOutput voice = CommandOutput.of(spec.commandLine(), json);
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    if (!problems.isEmpty()) {
      return voice.unusable(problems);
    }
    boolean live = root.toAbsolutePath().normalize().equals(Path.of("/"));
    long settleMillis = live ? LIVE_SETTLE_MILLIS : 0;
    if (settle != null) {
      Matcher time = TIME.matcher(settle);
      settleMillis = time.matches() ? millis(time) : Long.MAX_VALUE;
      if (settleMillis > LONGEST_SETTLE_MILLIS) {
        return voice.unusable(
            List.of(
                "--settle: expected a time such as 500ms or 5s, up to 300s, found '"
                    + settle
                    + "'"));
      }
    }
    ReadResult<RootedFiles> rooted = RootedFiles.below(root);
    if (!(rooted instanceof ReadResult.Present<RootedFiles>(RootedFiles files))) {
      return voice.unusable(List.of("--root: " + rooted.describe()));
    }
    Deque<Runnable> closing = new ArrayDeque<>();
    try {
      ReadResult<MapSources> sources =
          live ? MapHosts.live(files, closing) : MapHosts.captured(files);
      return sources instanceof ReadResult.Present<MapSources>(MapSources found)
          ? show(found, roles, settleMillis, voice)
          : voice.failed(sources.describe(), live ? DOCTOR : TREE);
    } finally {
      closing.forEach(Runnable::run);
    }
  }

  private static long millis(Matcher time) {
    long amount = Long.parseLong(time.group(1));
    return time.group(2).equals("ms") ? amount : TimeUnit.SECONDS.toMillis(amount);
  }

  private int show(MapSources sources, RolePatterns roles, long settleMillis, CommandOutput voice) {
    HostScanner scanner = new HostScanner(sources.files(), sources.store(), sources.priorities());
    MappingResolver resolver = new MappingResolver(roles);
    HostSnapshot snapshot = scanner.scan(sources.trace()::drain);
    Resolution resolution = resolver.resolve(snapshot, Evidence.none());
    long begin = System.nanoTime();
    while (!resolution.devicesToTrace().isEmpty()
        && System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(settleMillis)) {
      sources.trace().arm(resolution.devicesToTrace());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_SCANS_MILLIS));
      snapshot = scanner.scan(sources.trace()::drain);
      resolution = resolver.resolve(snapshot, resolution.next());
    }
    print(sources, snapshot, resolution, voice);
    return snapshot.complete() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private void print(
      MapSources sources, HostSnapshot snapshot, Resolution resolution, CommandOutput voice) {
    if (json) {
      voice.out().print(MapJson.render(resolution.disks()));
    } else {
      String host = sources.files().read("proc/sys/kernel/hostname").map(String::strip).orElse("?");
      String kernel = snapshot.kernel() == null ? "?" : snapshot.kernel().text();
      String table = MapTable.render(host, kernel, resolution.disks());
      voice.out().print(coloured(table, resolution.disks(), voice.ink()));
    }
    voice.out().flush();
    tellUnread(snapshot.unread(), voice);
  }

  /** Why something could not be read; what the sources have in common is told once. */
  private record Cause(String reason, boolean essential) {
    static Cause of(UnreadSource unread) {
      String twice = unread.source() + ": ";
      String reason = unread.reason();
      return new Cause(
          reason.startsWith(twice) ? reason.substring(twice.length()) : reason, unread.essential());
    }
  }

  private static void tellUnread(List<UnreadSource> all, CommandOutput voice) {
    Map<Cause, Set<String>> causes = new LinkedHashMap<>();
    for (UnreadSource unread : all) {
      causes.computeIfAbsent(Cause.of(unread), _ -> new LinkedHashSet<>()).add(unread.source());
    }
    causes.forEach((cause, sources) -> {
      String first = sources.iterator().next();
      String more = sources.size() > 1 ? " and %d more".formatted(sources.size() - 1) : "";
      String what = "%s%s: %s".formatted(first, more, cause.reason());
      if (cause.essential()) {
        voice.failed(what, cause.reason().startsWith("xenstore: no connection") ? DOM0 : DOCTOR);
      } else {
        voice.note(what);
      }
    });
  }

  /** Each disk's line ends in its state: how it is proven, or why it is not. */
  private static String coloured(String table, List<MappedDisk> disks, Ink ink) {
    List<String> lines = table.lines().toList();
    if (!ink.on() || lines.size() != disks.size() + 2) {
      return table;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int state = line.lastIndexOf("  ");
      if (i >= 2 && state > 0) {
        String text = line.substring(state);
        boolean resolved = disks.get(i - 2).state() == MappingState.RESOLVED;
        line = line.substring(0, state) + (resolved ? ink.good(text) : ink.warning(text));
      }
      out.append(line).append('\n');
    }
    return out.toString();
  }
}
