package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Worker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
      "Asks a controller for what agents stored last; exit code 1 when none answers."
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

  @Override
  public Integer call() throws BusException {
    List<StoredMap> stored =
        Asking.with(
            shell,
            nats,
            session ->
                StoredMap.all(
                    session,
                    why ->
                        shell.remark(
                            "one stored map cannot be read (%s): is its agent of another version?"
                                .formatted(why))));
    List<String> there = stored.stream().map(StoredMap::host).toList();
    for (String wanted : hosts) {
      if (!there.contains(wanted)) {
        String meant = Nearest.question(wanted, there);
        return shell.failed(
            "no map of host " + wanted,
            meant.isEmpty() ? "see that its agent runs, and with this --prefix" : meant);
      }
    }
    if (!hosts.isEmpty()) {
      stored.removeIf(each -> !hosts.contains(each.host()));
    }
    Instant now = Instant.now();
    if (json) {
      MapJson output = new MapJson();
      stored.forEach(each -> each.addTo(output, stale(each, now)));
      shell.out().println(output.text());
    } else {
      print(stored, now);
    }
    return ExitCodes.DONE;
  }

  private boolean stale(StoredMap each, Instant now) {
    return each.age(now).compareTo(staleAfter) > 0;
  }

  private void print(List<StoredMap> stored, Instant now) {
    if (stored.isEmpty()) {
      shell.remark("no host has stored its map yet: start blkwarden-agent on the hosts");
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
    for (StoredMap each : stored) {
      String host = each.host() + (stale(each, now) ? " (stale)" : "");
      for (MappedDisk disk : each.snapshot().disks()) {
        table.row(row(host, disk));
      }
    }
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text));
    text.toString().lines().map(this::coloured).forEach(shell.out()::println);
    for (StoredMap each : stored) {
      if (stale(each, now)) {
        shell.remark(
            "%s is stale: stored %s ago; does its agent run?"
                .formatted(each.host(), DurationText.print(each.age(now))));
      }
    }
  }

  /** The state is the last column, and what is not resolved is not proven. */
  private String coloured(String row) {
    for (MappingState state : MappingState.values()) {
      int at = row.lastIndexOf("  " + state.wire());
      if (at > 0) {
        String text = row.substring(at);
        return row.substring(0, at)
            + (state == MappingState.RESOLVED ? shell.ink().good(text) : shell.ink().warning(text));
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
