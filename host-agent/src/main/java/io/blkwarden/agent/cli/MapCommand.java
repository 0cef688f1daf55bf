package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.json.ControlJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  private static final String DOM0 =
      "run this as root in a Xen dom0, or set --root to a captured tree; see 'blkwarden-agent"
          + " doctor'";

  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private HostOptions hostOptions = new HostOptions();

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      description = {
        "How long to trace disks whose threads only I/O can identify, such as 500ms or 5s, at most"
            + " 5m (default: 2s on this host, 0s for a captured tree)."
      })
  private @Nullable String settle;

  @Mixin private RoleOptions roleOptions = new RoleOptions();

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    Optional<Duration> settleFor = settleFor(problems);
    Optional<RootedFiles> files = hostOptions.files(problems);
    output.requireValid(problems);
    try (HostSources sources = HostSources.open(hostOptions.live(), files.orElseThrow(), output)) {
      HostMap map = HostMap.settled(sources, roles, settleFor.orElseThrow());
      List<MappedDisk> disks = map.resolution().disks();
      output.print(output.json() ? json(disks) : table(sources, map.snapshot(), disks));
      printUnread(map.snapshot().unread());
      return map.snapshot().complete() ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  private Optional<Duration> settleFor(List<String> problems) {
    String given = settle;
    if (given == null) {
      return Optional.of(hostOptions.live() ? HostMap.SETTLE : Duration.ZERO);
    }
    if (given.matches("0+m?s")) {
      return Optional.of(Duration.ZERO);
    }
    return DurationText.within("1ms", "5m", "--settle", given, problems);
  }

  /** One object per disk and line, as in a mapping snapshot. */
  static String json(List<MappedDisk> disks) {
    return disks.stream()
        .map(disk -> AsciiJson.line(ControlJson.encodeDisk(disk)))
        .collect(Collectors.joining(",\n ", "[", "]\n"));
  }

  private String table(HostSources sources, HostSnapshot snapshot, List<MappedDisk> disks) {
    String host =
        hostOptions.host(sources.files(), new ArrayList<>()).map(HostId::value).orElse("?");
    String kernel = snapshot.kernel() == null ? "?" : snapshot.kernel().text();
    return MapTable.render(host, kernel, disks, output.style());
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

  private void printUnread(List<UnreadSource> all) {
    Map<Cause, Set<String>> causes = new LinkedHashMap<>();
    for (UnreadSource unread : all) {
      causes.computeIfAbsent(Cause.of(unread), _ -> new LinkedHashSet<>()).add(unread.source());
    }
    causes.forEach((cause, sources) -> {
      String first = sources.iterator().next();
      String more = sources.size() > 1 ? " and %d more".formatted(sources.size() - 1) : "";
      String what = "%s%s: %s".formatted(first, more, cause.reason());
      if (cause.essential()) {
        output.failed(
            what, cause.reason().startsWith("xenstore: no connection") ? DOM0 : HostSources.DOCTOR);
      } else {
        output.note(what);
      }
    });
  }
}
