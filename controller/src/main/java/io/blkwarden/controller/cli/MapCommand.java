package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Nearest;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Worker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
  private final CommandContext context;

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

  @Option(
      names = "--listen",
      paramLabel = "TIME",
      defaultValue = "6s",
      converter = DurationText.class,
      description =
          "How long to listen to agents whose map is missing or stale, for the reason; they report"
              + " each 5 s. Default ${DEFAULT-VALUE}.")
  Duration listen = Duration.ofSeconds(6);

  MapCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    List<StoredMap> stored = new ArrayList<>();
    Instant now = Instant.now();
    UnmappedHosts unmapped =
        RequestRunner.with(
            context,
            nats,
            session -> {
              stored.addAll(
                  StoredMap.all(
                      session,
                      why ->
                          context.remark(
                              "one stored map cannot be read (%s): is its agent of another version?"
                                  .formatted(why))));
              return unmapped(session, stored, now);
            });
    List<String> there = stored.stream().map(StoredMap::host).toList();
    for (String wanted : hosts) {
      if (!there.contains(wanted)) {
        return missing(wanted, there, unmapped);
      }
    }
    if (!hosts.isEmpty()) {
      stored.removeIf(each -> !hosts.contains(each.host()));
    }
    if (json) {
      MapJson output = new MapJson();
      stored.forEach(each -> each.addTo(output, stale(each, now)));
      context.out().println(output.text());
    } else {
      print(stored, now);
    }
    remarks(stored, now, unmapped);
    return ExitCodes.DONE;
  }

  /** Listens to agents only where a map is missing or stale: it takes some seconds. */
  private UnmappedHosts unmapped(OperatorSession session, List<StoredMap> stored, Instant now)
      throws NatsException {
    Set<String> concerned = new TreeSet<>(hosts);
    for (StoredMap each : stored) {
      if (stale(each, now) && (hosts.isEmpty() || hosts.contains(each.host()))) {
        concerned.add(each.host());
      } else {
        concerned.remove(each.host());
      }
    }
    return concerned.isEmpty() && !stored.isEmpty()
        ? new UnmappedHosts()
        : UnmappedHosts.listen(session, concerned, listen);
  }

  private int missing(String wanted, List<String> there, UnmappedHosts unmapped) {
    Optional<String> why = unmapped.why(wanted);
    if (why.isPresent()) {
      return context.failed("no map of host " + wanted, why.get());
    }
    String meant = Nearest.question(wanted, there);
    return context.failed(
        "no map of host " + wanted,
        meant.isEmpty()
            ? "nothing is heard of its agent: see that it runs, and with this --prefix"
            : meant);
  }

  private void remarks(List<StoredMap> stored, Instant now, UnmappedHosts unmapped) {
    Set<String> unstored = new TreeSet<>(unmapped.reporting());
    for (StoredMap each : stored) {
      unstored.remove(each.host());
      if (stale(each, now)) {
        context.remark(
            "%s is stale: stored %s ago; %s"
                .formatted(
                    each.host(),
                    DurationText.print(each.age(now)),
                    unmapped
                        .why(each.host())
                        .orElse("nothing is heard of its agent; does it run?")));
      }
    }
    if (hosts.isEmpty()) {
      unstored.forEach(host ->
          context.remark("no map of host %s: %s".formatted(host, unmapped.why(host).orElse(""))));
      if (stored.isEmpty() && unstored.isEmpty()) {
        context.remark(
            "no host has stored its map yet, and no agent is heard: start blkwarden-agent on the"
                + " hosts");
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
    text.toString().lines().map(this::coloured).forEach(context.out()::println);
  }

  /** The state is the last column, and what is not resolved is not proven. */
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
