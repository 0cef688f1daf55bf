package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Worker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;

/** Prints the map from guest disks to the threads that serve them. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which dom0 threads serve which guest disk, on every host.",
      "Reads the maps that agents stored; exit code 1 if no controller answers."
    })
final class MapCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(names = "--json", description = "Print a JSON array with one object per disk.")
  boolean json;

  @Option(names = "--host", paramLabel = "NAME", description = "Only this host; repeatable.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--domain",
      paramLabel = "PATTERN",
      description = "Only disks of these domains, by name or UUID, with * and ?.")
  @Nullable String domain;

  @Option(
      names = "--disk",
      paramLabel = "PATTERN",
      description = "Only these disks, such as xvda2, with * and ?.")
  @Nullable String disk;

  @Option(
      names = "--stale-after",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = DurationText.class,
      description = "Age at which a host's map is marked stale. Default ${DEFAULT-VALUE}.")
  Duration staleAfter = Duration.ofMinutes(5);

  @Option(
      names = "--listen",
      paramLabel = "TIME",
      defaultValue = "6s",
      converter = DurationText.class,
      description =
          "How long to wait for heartbeats that explain a missing or stale map; agents send one"
              + " every 5 s. Default ${DEFAULT-VALUE}.")
  Duration listen = Duration.ofSeconds(6);

  MapCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    List<StoredMap> stored = new ArrayList<>();
    Instant now = Instant.now();
    UnmappedHosts unmapped;
    try (OperatorSession session = nats.connect(context)) {
      stored.addAll(StoredMap.all(session, why -> context.note(StoredMap.unreadable(why))));
      unmapped = unmapped(session, stored, now);
    }
    List<String> known = stored.stream().map(StoredMap::host).toList();
    for (String host : hosts) {
      if (!known.contains(host)) {
        return missing(host, known, unmapped);
      }
    }
    if (!hosts.isEmpty()) {
      stored.removeIf(each -> !hosts.contains(each.host()));
    }
    if (json) {
      ArrayNode disks = AsciiJson.MAPPER.createArrayNode();
      stored.forEach(each -> each.addTo(disks, stale(each, now), this::wanted));
      context
          .out()
          .println(AsciiJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(disks));
    } else {
      print(stored, now);
    }
    notes(stored, now, unmapped);
    return ExitCodes.DONE;
  }

  /** Waits for heartbeats of hosts whose map is missing or stale. */
  private UnmappedHosts unmapped(OperatorSession session, List<StoredMap> stored, Instant now)
      throws NatsException {
    Set<String> wanted = new TreeSet<>(hosts);
    for (StoredMap each : stored) {
      if (stale(each, now) && (hosts.isEmpty() || hosts.contains(each.host()))) {
        wanted.add(each.host());
      } else {
        wanted.remove(each.host());
      }
    }
    return wanted.isEmpty() && !stored.isEmpty()
        ? new UnmappedHosts()
        : UnmappedHosts.listen(session, wanted, listen);
  }

  private int missing(String host, List<String> known, UnmappedHosts unmapped) {
    String question = Nearest.question(host, known);
    return context.failed(
        "no map of host " + host,
        unmapped
            .why(host)
            .orElse(
                question.isEmpty()
                    ? "its agent does not report: check that it runs with this --prefix"
                    : question));
  }

  private void notes(List<StoredMap> stored, Instant now, UnmappedHosts unmapped) {
    Set<String> unstored = new TreeSet<>(unmapped.reporting());
    for (StoredMap each : stored) {
      unstored.remove(each.host());
      if (stale(each, now)) {
        context.note(
            "%s is stale: stored %s ago; %s"
                .formatted(
                    each.host(),
                    DurationText.print(each.age(now)),
                    unmapped
                        .why(each.host())
                        .orElse("its agent does not report; check that it runs")));
      }
    }
    if (hosts.isEmpty()) {
      unstored.forEach(host ->
          context.note("no map of host %s: %s".formatted(host, unmapped.why(host).orElse(""))));
      if (stored.isEmpty() && unstored.isEmpty()) {
        context.note("no maps stored and no agent reports: start blkwarden-agent on the hosts");
      }
    }
  }

  private boolean stale(StoredMap each, Instant now) {
    return each.age(now).compareTo(staleAfter) > 0;
  }

  private void print(List<StoredMap> stored, Instant now) {
    if (stored.isEmpty()) {
      return;
    }
    Table table =
        new Table(
            "HOST",
            "DOMAIN",
            "DISK",
            "ROLE",
            "VOLUME",
            "DM",
            "DEVICE",
            "WORKERS",
            "PROOF",
            "PRIORITY",
            "STATE");
    for (StoredMap each : stored) {
      String host = each.host() + (stale(each, now) ? " (stale)" : "");
      each.snapshot().disks().stream()
          .filter(this::wanted)
          .forEach(shown -> table.row(row(host, shown)));
    }
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text));
    text.toString().lines().map(this::coloured).forEach(context.out()::println);
  }

  private boolean wanted(MappedDisk shown) {
    Glob name = domain == null ? null : new Glob(domain);
    return (name == null
            || name.matches(shown.domain().name())
            || name.matches(shown.domain().uuid().toString()))
        && (disk == null || new Glob(disk).matches(shown.disk().vdev()));
  }

  /** Colours the last column, the state. */
  private String coloured(String row) {
    for (MappingState state : MappingState.values()) {
      int at = row.lastIndexOf("  " + state.wire());
      if (at > 0) {
        String text = row.substring(at);
        return row.substring(0, at)
            + (state == MappingState.RESOLVED
                ? context.ink().good(text)
                : context.ink().warning(text));
      }
    }
    return row;
  }

  private static List<String> row(String host, MappedDisk disk) {
    String state =
        disk.reason() == null
            ? disk.state().wire()
            : disk.state().wire() + " (" + disk.reason().wire() + ")";
    return List.of(
        host,
        disk.domain().name(),
        disk.disk().vdev(),
        disk.volume().role().wire(),
        orDash(disk.volume().path()),
        orDash(disk.volume().dm()),
        devices(disk),
        joined(disk, worker -> worker.comm() + "[" + worker.pid() + "]"),
        joined(disk, worker -> worker.proof().wire()),
        joined(disk, worker -> worker.priority() == null ? "?" : worker.priority().toString()),
        state);
  }

  /** The physical devices with their schedulers and what these honour. */
  private static String devices(MappedDisk disk) {
    return disk.physical().isEmpty()
        ? "-"
        : disk.physical().stream()
            .map(each ->
                "%s (%s: %s)"
                    .formatted(each.name(), orDash(each.scheduler()), each.actuator().wire()))
            .collect(Collectors.joining(", "));
  }

  private static String joined(MappedDisk disk, Function<Worker, String> text) {
    return disk.workers().isEmpty()
        ? "-"
        : disk.workers().stream().map(text).distinct().collect(Collectors.joining(","));
  }

  private static String orDash(@Nullable String text) {
    return text == null || text.isEmpty() ? "-" : text;
  }
}
