package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Ink;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.json.ControlJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code blkwarden-agent map}: the map from guest disks to workers, of this host or a captured
 * tree. Exits with 0 if all essential sources were read, else 1.
 */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which threads of this host serve which guest disk, and the proof.",
      "Needs no NATS, and changes nothing. If only I/O can identify the thread of a disk, its"
          + " device is traced for up to --settle."
    })
final class MapCommand implements Callable<Integer> {
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(ms|s)");
  private static final long MAX_SETTLE_MILLIS = TimeUnit.MINUTES.toMillis(5);
  private static final String DOM0 =
      "run this as root in a Xen dom0, or set --root to a captured tree; see 'blkwarden-agent"
          + " doctor'";
  private static final String DOCTOR = "see 'blkwarden-agent doctor'";
  private static final String TREE =
      "set --root to a captured tree with the output of 'xenstore-ls -f' in xenstore.txt";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = {
        "Read a captured tree below DIR instead of this host (default: ${DEFAULT-VALUE}).",
        "The output of xenstore-ls -f must be in its xenstore.txt."
      })
  private Path root = Path.of("/");

  @Option(names = "--json", description = "Print a JSON array with one object per disk.")
  private boolean json;

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      description = {
        "How long to trace disks whose threads only I/O can identify, such as 500ms or 5s, at most"
            + " 300s (default: 2s on this host, 0s for a captured tree)."
      })
  private @Nullable String settle;

  @Mixin private RoleOptions roleOptions = new RoleOptions();

  @Override
  public Integer call() {
    CommandOutput output = CommandOutput.of(spec.commandLine(), json);
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    if (!problems.isEmpty()) {
      return output.usageErrors(problems);
    }
    boolean live = root.toAbsolutePath().normalize().equals(Path.of("/"));
    long settleMillis = live ? HostMap.SETTLE_MILLIS : 0;
    if (settle != null) {
      Matcher time = TIME.matcher(settle);
      settleMillis = time.matches() ? millis(time) : Long.MAX_VALUE;
      if (settleMillis > MAX_SETTLE_MILLIS) {
        return output.usageErrors(
            List.of(
                "--settle: expected a time such as 500ms or 5s, up to 300s, found '"
                    + settle
                    + "'"));
      }
    }
    ReadResult<RootedFiles> rooted = RootedFiles.below(root);
    if (!(rooted instanceof ReadResult.Present<RootedFiles>(RootedFiles files))) {
      return output.usageErrors(List.of("--root: " + rooted.describe()));
    }
    long settleFor = settleMillis;
    return HostSources.use(
        live,
        files,
        sources ->
            sources instanceof ReadResult.Present<HostSources>(HostSources found)
                ? show(found, roles, settleFor, output)
                : output.failed(sources.describe(), live ? DOCTOR : TREE));
  }

  private static long millis(Matcher time) {
    long amount = Long.parseLong(time.group(1));
    return time.group(2).equals("ms") ? amount : TimeUnit.SECONDS.toMillis(amount);
  }

  private int show(
      HostSources sources, RolePatterns roles, long settleMillis, CommandOutput output) {
    HostMap map = HostMap.settled(sources, roles, settleMillis);
    print(sources, map.snapshot(), map.resolution(), output);
    return map.snapshot().complete() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /** One object per disk and line, as in a mapping snapshot. */
  static String json(List<MappedDisk> disks) {
    return disks.stream()
        .map(disk -> AsciiJson.line(ControlJson.encodeDisk(disk)))
        .collect(Collectors.joining(",\n ", "[", "]\n"));
  }

  private void print(
      HostSources sources, HostSnapshot snapshot, Resolution resolution, CommandOutput output) {
    if (json) {
      output.out().print(json(resolution.disks()));
    } else {
      String host = sources.files().read("proc/sys/kernel/hostname").map(String::strip).orElse("?");
      String kernel = snapshot.kernel() == null ? "?" : snapshot.kernel().text();
      String table = MapTable.render(host, kernel, resolution.disks());
      output.out().print(colored(table, resolution.disks(), output.ink()));
    }
    output.out().flush();
    printUnread(snapshot.unread(), output);
  }

  /** Why a source could not be read; equal reasons are printed once. */
  private record Cause(String reason, boolean essential) {
    static Cause of(UnreadSource unread) {
      String prefix = unread.source() + ": ";
      String reason = unread.reason();
      return new Cause(
          reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason,
          unread.essential());
    }
  }

  private static void printUnread(List<UnreadSource> all, CommandOutput output) {
    Map<Cause, Set<String>> causes = new LinkedHashMap<>();
    for (UnreadSource unread : all) {
      causes.computeIfAbsent(Cause.of(unread), _ -> new LinkedHashSet<>()).add(unread.source());
    }
    causes.forEach((cause, sources) -> {
      String first = sources.iterator().next();
      String more = sources.size() > 1 ? " and %d more".formatted(sources.size() - 1) : "";
      String what = "%s%s: %s".formatted(first, more, cause.reason());
      if (cause.essential()) {
        output.failed(what, cause.reason().startsWith("xenstore: no connection") ? DOM0 : DOCTOR);
      } else {
        output.note(what);
      }
    });
  }

  /** The table with the last column, the state of each disk, in colour. */
  private static String colored(String table, List<MappedDisk> disks, Ink ink) {
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
