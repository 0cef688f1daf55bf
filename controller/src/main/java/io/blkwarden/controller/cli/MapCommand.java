package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.RecordKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the map from guest disks to the threads that serve them. */
@Command(
    name = "map",
    description = {
      "Shows which dom0 threads serve which guest disk, on all hosts.",
      "Prints the maps that agents stored. Exit code 1 if no controller answers."
    })
final class MapCommand extends CliCommand.Session {
  /** Maximum number of hosts whose heartbeats are kept. */
  private static final int HOSTS_MAX = 10_000;

  /** The probe that fails if a map is too large for NATS. */
  private static final String MAP_SIZE = "mapping-size";

  private static final String DOWN =
      "its agent does not report; check that it runs with this --prefix";

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Show only this host, e.g. dom0-7; repeatable.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--domain",
      paramLabel = "PATTERN",
      description = "Show only these domains, by name or UUID.")
  @Nullable String domain;

  @Option(
      names = "--disk",
      paramLabel = "PATTERN",
      description = "Show only these disks, e.g. 'xvda*'.")
  @Nullable String disk;

  @Option(
      names = "--stale-after",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "Age at which a map is marked stale (default: ${DEFAULT-VALUE}).")
  Duration staleAfter = Duration.ofMinutes(5);

  @Option(
      names = "--listen",
      paramLabel = "TIME",
      defaultValue = "6s",
      description =
          "Wait for heartbeats of hosts without a current map (default: ${DEFAULT-VALUE}).")
  Duration listen = Duration.ofSeconds(6);

  /** Heartbeats of hosts whose map is missing or stale, by host. */
  private final Map<String, Heartbeat> heartbeats = new TreeMap<>();

  private final Instant now = Instant.now();

  @Override
  Integer run(OperatorSession session) throws NatsException {
    List<StoredMap> stored = new ArrayList<>(StoredMap.all(session, context::note));
    listen(session, stored);
    List<String> known = stored.stream().map(StoredMap::host).toList();
    for (String host : hosts) {
      if (!known.contains(host)) {
        String question = Nearest.question(host, known);
        return context.failed(
            "no map of host " + host, why(host, question.isEmpty() ? DOWN : question));
      }
    }
    if (!hosts.isEmpty()) {
      stored.removeIf(each -> !hosts.contains(each.host()));
    }
    List<Row> rows =
        stored.stream()
            .flatMap(map -> map.snapshot().disks().stream().map(each -> new Row(map, each)))
            .filter(this::wanted)
            .toList();
    if (json) {
      ArrayNode disks = AsciiJson.MAPPER.createArrayNode();
      rows.forEach(row -> disks.add(json(row)));
      context
          .out()
          .println(AsciiJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(disks));
    } else if (!stored.isEmpty()) {
      print(rows);
    }
    notes(stored);
    return ExitCodes.DONE;
  }

  /** Waits for heartbeats of hosts whose map is missing or stale. */
  private void listen(OperatorSession session, List<StoredMap> stored) throws NatsException {
    Set<String> wanted = new TreeSet<>(hosts);
    for (StoredMap each : stored) {
      if (!stale(each)) {
        wanted.remove(each.host());
      } else if (hosts.isEmpty()) {
        wanted.add(each.host());
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

  /** Why a host has no current map; {@code silent} if its agent does not report. */
  private String why(String host, String silent) {
    Heartbeat beat = heartbeats.get(host);
    if (beat == null) {
      return silent;
    }
    return beat.probes().stream()
        .filter(each -> each.name().equals(MAP_SIZE) && !each.ok() && each.detail() != null)
        .map(each -> Printable.of(String.valueOf(each.detail())))
        .findFirst()
        .orElse(
            "its agent has been running for %s; check the agent's log"
                .formatted(DurationText.print(Duration.ofMillis(beat.uptimeMs()))));
  }

  private void notes(List<StoredMap> stored) {
    for (StoredMap each : stored) {
      if (stale(each)) {
        context.note(
            "map of host %s is stale, stored %s ago: %s"
                .formatted(each.host(), DurationText.print(each.age(now)), why(each.host(), DOWN)));
      }
    }
    if (hosts.isEmpty()) {
      Set<String> unstored = new TreeSet<>(heartbeats.keySet());
      stored.forEach(each -> unstored.remove(each.host()));
      unstored.forEach(
          each -> context.note("no map of host %s: %s".formatted(each, why(each, ""))));
      if (stored.isEmpty() && unstored.isEmpty()) {
        context.note("no maps stored and no agent reports: start blkwarden-agent on the hosts");
      }
    }
  }

  private boolean stale(StoredMap each) {
    return each.age(now).compareTo(staleAfter) > 0;
  }

  /** Whether a pattern matches the name or the UUID of a domain. */
  static boolean matches(String pattern, DomainRef domain) {
    Glob glob = new Glob(pattern);
    return glob.matches(domain.name()) || glob.matches(domain.uuid().toString());
  }

  private boolean wanted(Row row) {
    return (domain == null || matches(domain, row.disk().domain()))
        && (disk == null || new Glob(disk).matches(row.disk().disk().vdev()));
  }

  /** A disk and the map of its host. */
  private record Row(StoredMap map, MappedDisk disk) {}

  private ObjectNode json(Row row) {
    MappingOrigin origin = row.map().snapshot().origin();
    ObjectNode json =
        AsciiJson.MAPPER
            .createObjectNode()
            .put("host", row.map().host())
            .put("boot", origin.boot().toString())
            .put("revision", origin.revision())
            .put("stored_at", row.map().storedAt().toString())
            .put("stale", stale(row.map()));
    return json.setAll((ObjectNode) AsciiJson.MAPPER.readTree(ControlJson.encodeDisk(row.disk())));
  }

  private void print(List<Row> rows) {
    Table.of(rows)
        .column("HOST", row -> row.map().host() + (stale(row.map()) ? " (stale)" : ""))
        .column("DOMAIN", row -> row.disk().domain().name())
        .column("DISK", row -> row.disk().disk().vdev())
        .column("ROLE", row -> row.disk().volume().role().wire())
        .column("VOLUME", row -> row.disk().volume().path())
        .column("DM", row -> row.disk().volume().dm())
        .column("DEVICE", row -> joined(row.disk().physical(), MapCommand::device))
        .column("WORKERS", row -> workers(row, each -> each.comm() + "[" + each.pid() + "]"))
        .column("PROOF", row -> workers(row, each -> each.proof().wire()))
        .column(
            "PRIORITY",
            row -> workers(row, each -> Objects.requireNonNullElse(each.priority(), "?")))
        .column("STATE", row -> state(row.disk()))
        .paintLast((row, state) ->
            row.disk().state() == MappingState.RESOLVED
                ? context.style().good(state)
                : context.style().warning(state))
        .print(context.out(), "no disk matches");
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

  private static String workers(Row row, Function<Worker, Object> text) {
    return joined(row.disk().workers(), text);
  }

  private static <T> String joined(List<T> items, Function<T, Object> text) {
    return items.stream()
        .map(each -> text.apply(each).toString())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The latest map that a host's agent stored. */
  record StoredMap(MappingSnapshot snapshot, Instant storedAt) {
    /**
     * Reads all stored maps, by host.
     *
     * @param notes receives a note about each map that cannot be read
     */
    static Collection<StoredMap> all(OperatorSession session, Consumer<String> notes)
        throws NatsException {
      Map<String, StoredMap> found = new TreeMap<>(); // the latest, if a host stores another one
      session.records(
          RecordKind.MAPPING,
          stored -> {
            if (!stored.problem().isEmpty()) {
              notes.accept(unreadable(stored.problem()));
              return;
            }
            switch (ControlJson.decode(MappingSnapshot.class, stored.bytes())) {
              case Decoded.Ok<MappingSnapshot>(MappingSnapshot snapshot) -> {
                StoredMap map = new StoredMap(snapshot, stored.at());
                found.put(map.host(), map);
              }
              case Decoded.Malformed<MappingSnapshot> bad -> notes.accept(unreadable(bad.detail()));
            }
          });
      return found.values();
    }

    private static String unreadable(String why) {
      return "cannot read a stored map: %s; check the version of its agent".formatted(why);
    }

    String host() {
      return snapshot.origin().host().value();
    }

    /** Time since it was stored. */
    Duration age(Instant now) {
      return Duration.between(storedAt, now);
    }
  }
}
