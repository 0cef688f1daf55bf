package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The fleet's map from guest disks to the threads that serve them. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which dom0 threads serve which guest disk, for every host.",
      "Reads what agents stored last in the bucket blkwarden-mapping; no controller is needed."
    })
final class MapCommand implements Callable<Integer> {
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(names = "--json", description = "Print a JSON array, an object for each disk.")
  boolean json;

  @Option(names = "--host", paramLabel = "NAME", description = "Only this host; may be repeated.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--stale-after",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = DurationText.class,
      description = "Age from which a host's map is marked stale. Default ${DEFAULT-VALUE}.")
  Duration staleAfter = Duration.ofMinutes(5);

  MapCommand(Shell shell) {
    this.shell = shell;
  }

  /** A host's map as it was stored. */
  private static final class Stored {
    private final MappingSnapshot snapshot;
    private final byte[] json;
    private final Instant storedAt;

    Stored(MappingSnapshot snapshot, byte[] json, Instant storedAt) {
      this.snapshot = snapshot;
      this.json = json;
      this.storedAt = storedAt;
    }

    String host() {
      return snapshot.origin().host().value();
    }
  }

  @Override
  public Integer call() throws BusException {
    List<Stored> stored = new ArrayList<>();
    try (OperatorSession session =
        OperatorSession.open(nats.settings(shell, "cli"), new SecureRandom())) {
      session.mappings((bytes, at) -> {
        switch (ControlJson.decode(MappingSnapshot.class, bytes)) {
          case Decoded.Ok<MappingSnapshot> ok -> stored.add(new Stored(ok.value(), bytes, at));
          case Decoded.Malformed<MappingSnapshot> bad ->
              shell
                  .err()
                  .printf(
                      "blkwarden: one stored map cannot be read (%s): is its agent of another"
                          + " version?%n",
                      Printable.of(bad.detail()));
        }
      });
    }
    stored.removeIf(each -> !hosts.isEmpty() && !hosts.contains(each.host()));
    stored.sort(Comparator.comparing(Stored::host));
    for (String wanted : hosts) {
      if (stored.stream().noneMatch(each -> each.host().equals(wanted))) {
        shell
            .err()
            .printf(
                "blkwarden: no map of host %s: does its agent run, and with this --prefix?%n",
                Printable.of(wanted));
        return ExitCodes.FAILED;
      }
    }
    Instant now = Instant.now();
    if (json) {
      MapJson output = new MapJson();
      stored.forEach(each -> output.add(each.json, each.storedAt, stale(each, now)));
      shell.out().println(output.text());
    } else {
      print(stored, now);
    }
    return ExitCodes.DONE;
  }

  private boolean stale(Stored each, Instant now) {
    return Duration.between(each.storedAt, now).compareTo(staleAfter) > 0;
  }

  private void print(List<Stored> stored, Instant now) {
    if (stored.isEmpty()) {
      shell.err().println("no host has stored its map yet: start blkwarden-agent on the hosts");
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
            "WORKERS",
            "PROOF",
            "PRIORITY",
            "STATE");
    for (Stored each : stored) {
      String host = each.host() + (stale(each, now) ? " (stale)" : "");
      for (MappedDisk disk : each.snapshot.disks()) {
        table.row(row(host, disk));
      }
    }
    table.print(shell.out());
    for (Stored each : stored) {
      if (stale(each, now)) {
        shell
            .err()
            .printf(
                "%s is stale: stored %s ago; does its agent run?%n",
                Printable.of(each.host()),
                DurationText.print(Duration.between(each.storedAt, now)));
      }
    }
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
        joined(disk, worker -> worker.comm() + "[" + worker.pid() + "]"),
        joined(disk, worker -> worker.proof().wire()),
        joined(disk, worker -> worker.priority() == null ? "?" : worker.priority().toString()),
        state);
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
