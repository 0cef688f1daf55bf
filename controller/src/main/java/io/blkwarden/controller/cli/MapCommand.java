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
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the map from guest disks to the threads that serve them. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which dom0 threads serve which guest disk, on every host.",
      "Reads the maps that agents stored; exit code 1 if no controller answers."
    })
final class MapCommand extends JsonCommand {
  /** Maximum number of hosts whose heartbeats are kept. */
  private static final int HOSTS_MAX = 10_000;

  /** The probe that fails if a map is too large for NATS. */
  private static final String MAP_SIZE = "mapping-size";

  @Mixin NatsOptions nats = new NatsOptions();

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

  /** Heartbeats of hosts whose map is missing or stale, by host. */
  private final Map<String, Heartbeat> heartbeats = new TreeMap<>();

  private final Instant now = Instant.now();

  @Override
  public Integer call() throws NatsException {
    List<StoredMap> stored;
    try (OperatorSession session = nats.connect()) {
      stored = new ArrayList<>(StoredMap.all(session, context::note));
      listen(session, stored);
    }
    List<String> known = stored.stream().map(StoredMap::host).toList();
    for (String host : hosts) {
      if (!known.contains(host)) {
        String question = Nearest.question(host, known);
        String silent = "its agent does not report; check that it runs with this --prefix";
        return context.failed(
            "no map of host " + host, why(host).orElse(question.isEmpty() ? silent : question));
      }
    }
    if (!hosts.isEmpty()) {
      stored.removeIf(each -> !hosts.contains(each.host()));
    }
    if (json) {
      context
          .out()
          .println(
              AsciiJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(array(stored)));
    } else if (!stored.isEmpty()) {
      print(stored);
    }
    notes(stored);
    return ExitCodes.DONE;
  }

  /** Waits for heartbeats of hosts whose map is missing or stale. */
  private void listen(OperatorSession session, List<StoredMap> stored) throws NatsException {
    Set<String> wanted = new TreeSet<>(hosts);
    for (StoredMap each : stored) {
      if (stale(each) && (hosts.isEmpty() || hosts.contains(each.host()))) {
        wanted.add(each.host());
      } else {
        wanted.remove(each.host());
      }
    }
    if (wanted.isEmpty() && !stored.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    session.heartbeats(
        () ->
            System.nanoTime() - start > listen.toNanos()
                || (!wanted.isEmpty() && heartbeats.keySet().containsAll(wanted)),
        beat -> {
          if (heartbeats.size() < HOSTS_MAX) {
            heartbeats.put(beat.host().value(), beat);
          }
        });
  }

  /** Why a host has no current map; empty if its agent does not report. */
  private Optional<String> why(String host) {
    return Optional.ofNullable(heartbeats.get(host)).map(MapCommand::why);
  }

  private static String why(Heartbeat beat) {
    return beat.probes().stream()
        .filter(each -> each.name().equals(MAP_SIZE) && !each.ok() && each.detail() != null)
        .map(each -> Printable.of(String.valueOf(each.detail())))
        .findFirst()
        .orElse(
            "its agent has been running for %s; check the agent's log"
                .formatted(DurationText.print(Duration.ofMillis(beat.uptimeMs()))));
  }

  private void notes(List<StoredMap> stored) {
    Set<String> unstored = new TreeSet<>(heartbeats.keySet());
    for (StoredMap each : stored) {
      unstored.remove(each.host());
      if (stale(each)) {
        context.note(
            "%s is stale: stored %s ago; %s"
                .formatted(
                    each.host(),
                    DurationText.print(each.age(now)),
                    why(each.host()).orElse("its agent does not report; check that it runs")));
      }
    }
    if (hosts.isEmpty()) {
      for (String host : unstored) {
        context.note("no map of host %s: %s".formatted(host, why(host).orElse("")));
      }
      if (stored.isEmpty() && unstored.isEmpty()) {
        context.note("no maps stored and no agent reports: start blkwarden-agent on the hosts");
      }
    }
  }

  private boolean stale(StoredMap each) {
    return each.age(now).compareTo(staleAfter) > 0;
  }

  private boolean wanted(MappedDisk shown) {
    Glob name = domain == null ? null : new Glob(domain);
    return (name == null
            || name.matches(shown.domain().name())
            || name.matches(shown.domain().uuid().toString()))
        && (disk == null || new Glob(disk).matches(shown.disk().vdev()));
  }

  private ArrayNode array(List<StoredMap> stored) {
    ArrayNode disks = AsciiJson.MAPPER.createArrayNode();
    for (StoredMap map : stored) {
      MappingOrigin origin = map.snapshot().origin();
      map.snapshot().disks().stream()
          .filter(this::wanted)
          .forEach(each ->
              disks
                  .addObject()
                  .put("host", map.host())
                  .put("boot", origin.boot().toString())
                  .put("revision", origin.revision())
                  .put("stored_at", map.storedAt().toString())
                  .put("stale", stale(map))
                  .setAll((ObjectNode) AsciiJson.MAPPER.readTree(ControlJson.encodeDisk(each))));
    }
    return disks;
  }

  /** A disk and the host name to print. */
  private record Row(String host, MappedDisk disk) {}

  private void print(List<StoredMap> stored) {
    List<Row> rows = new ArrayList<>();
    for (StoredMap each : stored) {
      String host = each.host() + (stale(each) ? " (stale)" : "");
      each.snapshot().disks().stream()
          .filter(this::wanted)
          .forEach(shown -> rows.add(new Row(host, shown)));
    }
    Table.of(rows)
        .column("HOST", Row::host)
        .column("DOMAIN", row -> row.disk().domain().name())
        .column("DISK", row -> row.disk().disk().vdev())
        .column("ROLE", row -> row.disk().volume().role().wire())
        .column("VOLUME", row -> row.disk().volume().path())
        .column("DM", row -> row.disk().volume().dm())
        .column("DEVICE", row -> joined(", ", row.disk().physical(), MapCommand::device))
        .column(
            "WORKERS",
            row -> joined(",", row.disk().workers(), each -> each.comm() + "[" + each.pid() + "]"))
        .column("PROOF", row -> joined(",", row.disk().workers(), each -> each.proof().wire()))
        .column(
            "PRIORITY",
            row ->
                joined(
                    ",",
                    row.disk().workers(),
                    each -> each.priority() == null ? "?" : each.priority().toString()))
        .column("STATE", row -> state(row.disk()))
        .lines()
        .forEach(line -> context.out().println(coloured(line)));
  }

  private static String state(MappedDisk disk) {
    return disk.state().wire()
        + (disk.reason() == null ? "" : " (%s)".formatted(disk.reason().wire()));
  }

  /** A physical device with its scheduler and what this honours. */
  private static String device(PhysicalDevice device) {
    String scheduler = device.scheduler() == null ? "-" : device.scheduler();
    return "%s (%s: %s)".formatted(device.name(), scheduler, device.actuator().wire());
  }

  private static <T> String joined(String between, List<T> items, Function<T, String> text) {
    return items.stream().map(text).distinct().collect(Collectors.joining(between));
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
}
