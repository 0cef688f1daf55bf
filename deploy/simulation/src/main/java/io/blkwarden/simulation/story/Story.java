package io.blkwarden.simulation.story;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.WorkerChange;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happens on NATS, as lines of text: each step until one storm has been followed to its end,
 * then one line for each storm. Not thread-safe.
 */
final class Story {
  /** Largest number of hosts whose maps are printed disk by disk. */
  private static final int DETAILED_HOSTS = 4;

  /** The steps from the map to the resolved alert of one disk. */
  private enum Step {
    MAPPED("the map: its disk, volume and proven threads in a mapping snapshot", null),
    STORM("the storm: its samples above the threshold", MAPPED),
    ALERT("the alert: firing, or handled already, on its subject", STORM),
    COMMAND("the decision: a command to its host", STORM),
    PRIORITY("the throttle: an outcome with the priority before and after", COMMAND),
    HANDLED("the alert: handled", ALERT),
    EFFECT("the effect: worked, on the alert", HANDLED),
    RELEASED("the release: an outcome with the earlier priority", PRIORITY),
    RESOLVED("the alert: resolved", HANDLED);

    private final String meaning;

    /** The step required before; alerts and commands travel independently. */
    private final @Nullable Step after;

    Step(String meaning, @Nullable Step after) {
      this.meaning = meaning;
      this.after = after;
    }
  }

  /** The steps of one disk. */
  private static final class DiskStory {
    final EnumSet<Step> seen = EnumSet.noneOf(Step.class);

    /** The workers with the priorities that the throttle set. */
    List<WorkerChange> lowered = List.of();

    /** Records a step if the step before it was seen; returns whether it is new. */
    boolean reach(Step step) {
      return (step.after == null || seen.contains(step.after)) && seen.add(step);
    }

    boolean lower(List<WorkerChange> workers) {
      boolean all = !workers.isEmpty() && workers.stream().allMatch(Story::lowered);
      lowered = all ? workers : lowered;
      return all;
    }

    /** Whether all lowered workers have their earlier priorities. */
    boolean restore(List<WorkerChange> workers) {
      return !lowered.isEmpty()
          && lowered.stream()
              .allMatch(was ->
                  workers.stream()
                      .anyMatch(now ->
                          now.pid() == was.pid()
                              && now.startTicks() == was.startTicks()
                              && Objects.equals(now.after(), was.before())));
    }
  }

  private final int hosts;
  private final double threshold;
  private final Map<HostId, DiskRates> rates = new HashMap<>();
  private final Map<String, DiskStory> disks = new HashMap<>();
  private final Set<HostId> ineffective = new HashSet<>();

  /** The first publication of each open alert. */
  private final Map<MessageId, Alert> open = new HashMap<>();

  private boolean complete;
  private int storms;

  /**
   * Creates a story without any step.
   *
   * @param hosts number of hosts whose maps are required
   * @param threshold I/Os per second of a swap disk that count as a storm
   */
  Story(int hosts, double threshold) {
    this.hosts = hosts;
    this.threshold = threshold;
  }

  private DiskStory disk(HostId host, DomainRef domain, String vdev) {
    return disks.computeIfAbsent(host + "/" + domain.name() + "/" + vdev, _ -> new DiskStory());
  }

  List<String> snapshot(MappingSnapshot snapshot) {
    HostId host = snapshot.origin().host();
    DiskRates known = rates.get(host);
    if (known == null) {
      rates.put(host, new DiskRates(snapshot));
    } else {
      known.snapshot(snapshot);
    }
    List<String> lines = new ArrayList<>();
    for (MappedDisk disk : snapshot.disks()) {
      if (disk.state() == MappingState.RESOLVED) {
        disk(host, disk.domain(), disk.disk().vdev()).reach(Step.MAPPED);
        if (known == null && hosts <= DETAILED_HOSTS && disk.volume().role() == VolumeRole.SWAP) {
          lines.add(describe(host, disk));
        }
      }
    }
    if (known == null && hosts > DETAILED_HOSTS && rates.size() == hosts) {
      List<MappedDisk> all = rates.values().stream().flatMap(r -> r.disks().stream()).toList();
      long mapped = all.stream().filter(d -> d.state() == MappingState.RESOLVED).count();
      lines.add(
          "map      %d hosts: %d of %d disks are mapped to the threads that serve them"
              .formatted(hosts, mapped, all.size()));
    }
    return lines;
  }

  private static String describe(HostId host, MappedDisk disk) {
    String workers =
        disk.workers().stream()
            .map(w -> "%s (pid %d, %s)".formatted(w.comm(), w.pid(), w.proof().wire()))
            .collect(Collectors.joining(", "));
    String below =
        disk.physical().stream()
            .map(p -> "%s %s: %s".formatted(p.name(), p.scheduler(), p.actuator().wire()))
            .collect(Collectors.joining(", "));
    return "map      %s %s %s = %s %s on %s, served by %s"
        .formatted(
            host,
            Printable.of(disk.domain().name()),
            disk.disk().vdev(),
            disk.volume().path(),
            disk.volume().role().wire(),
            below,
            workers);
  }

  List<String> sampled(HostId host, SampleFrame frame) {
    DiskRates known = rates.get(host);
    if (known == null) {
      return List.of();
    }
    double[] now = known.sampled(frame);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < now.length; row++) {
      MappedDisk disk = known.disks().get(row);
      String vdev = disk.disk().vdev();
      if (disk.volume().role() == VolumeRole.SWAP
          && now[row] > threshold
          && disk(host, disk.domain(), vdev).reach(Step.STORM)) {
        lines.add(
            "storm    %s %s swaps: %.0f IOPS on %s"
                .formatted(host, Printable.of(disk.domain().name()), now[row], vdev));
      }
    }
    return steps(lines);
  }

  List<String> command(Command command) {
    if (!(command.action() instanceof CommandAction.Set set)
        || !disk(command.host(), set.domain(), set.vdev()).reach(Step.COMMAND)) {
      return List.of();
    }
    return steps(
        List.of(
            "decision %s: set %s of %s to %s for %d s, because %s"
                .formatted(
                    command.host(),
                    set.vdev(),
                    Printable.of(set.domain().name()),
                    set.restraint(),
                    set.leaseMs() / 1_000,
                    command.reason())));
  }

  List<String> outcome(Outcome outcome) {
    DomainRef domain = outcome.domain();
    String vdev = outcome.vdev();
    if (domain == null || vdev == null) {
      return List.of();
    }
    DiskStory disk = disk(outcome.host(), domain, vdev);
    boolean applied = outcome.result() == Outcome.Result.APPLIED && disk.lower(outcome.workers());
    boolean released =
        outcome.result() == Outcome.Result.RELEASED && disk.restore(outcome.workers());
    if (!(applied && disk.reach(Step.PRIORITY)) && !(released && disk.reach(Step.RELEASED))) {
      return List.of();
    }
    String workers =
        outcome.workers().stream()
            .map(w -> "%s %s -> %s".formatted(w.comm(), w.before(), w.after()))
            .collect(Collectors.joining(", "));
    return steps(
        List.of("%s %s: %s".formatted(applied ? "ionice  " : "release ", outcome.host(), workers)));
  }

  private static boolean lowered(WorkerChange worker) {
    return worker.after() != null && !worker.after().equals(worker.before());
  }

  List<String> alert(String subject, Alert alert) {
    DomainRef domain = alert.domain();
    Alert.AlertDisk of = alert.disk();
    if (domain == null || of == null) {
      return List.of(describe(subject, alert));
    }
    DiskStory disk = disk(alert.host(), domain, of.vdev());
    Step step =
        switch (alert.state()) {
          case FIRING -> Step.ALERT;
          case HANDLED -> Step.HANDLED;
          case RESOLVED -> Step.RESOLVED;
          case UNKNOWN -> null;
        };
    if (step == Step.HANDLED) { // the first publication may be handled already
      disk.reach(Step.ALERT);
    }
    List<String> lines = new ArrayList<>();
    if (step != null && disk.reach(step)) {
      lines.add(describe(subject, alert));
    }
    Alert.Action action = alert.action();
    if (action != null && action.effect() == Alert.Effect.WORKED && disk.reach(Step.EFFECT)) {
      lines.add("effect   %s: worked: %s".formatted(alert.host(), alert.summary()));
    }
    if (action != null
        && action.effect() == Alert.Effect.INEFFECTIVE
        && ineffective.add(alert.host())) {
      lines.add(
          "honest   %s: %s is not throttled: %s"
              .formatted(alert.host(), Printable.of(domain.name()), action.note()));
    }
    lines = new ArrayList<>(steps(lines));
    Alert first = alert.state() == Alert.State.RESOLVED ? open.remove(alert.id()) : null;
    if (first != null) {
      lines.add(storm(first, alert));
    } else if (step != null && step != Step.RESOLVED) {
      open.putIfAbsent(alert.id(), alert);
    }
    return lines;
  }

  private static String describe(String subject, Alert alert) {
    return "alert    %s: %s: %s".formatted(subject, alert.state().wire(), alert.summary());
  }

  /** A storm in one line: who, what was done, and its effect on the other guests. */
  private String storm(Alert first, Alert last) {
    storms++;
    Alert.Action action = last.action() == null ? first.action() : last.action();
    return "storm %-2d %s %s %s: %.0f IOPS, over after %d s; %s"
        .formatted(
            storms,
            last.host(),
            Printable.of(Objects.requireNonNull(last.domain()).name()),
            Objects.requireNonNull(last.disk()).vdev(),
            first.condition().value(),
            Duration.between(first.since(), last.at()).toSeconds(),
            action == null ? "not throttled" : describe(action, last.summary()));
  }

  private static String describe(Alert.Action action, String summary) {
    String effect = summary.substring(summary.lastIndexOf(";") + 1, summary.length() - 1).strip();
    return switch (action.effect()) {
      case WORKED, NO_EFFECT, HARMED -> "set to " + action.priority() + "; " + effect;
      case INEFFECTIVE, UNKNOWN ->
          action.note() == null ? summary : "not throttled: " + action.note();
    };
  }

  /** The lines, unless a storm has already been followed to its end. */
  private List<String> steps(List<String> lines) {
    return complete ? List.of() : lines;
  }

  /** Whether all steps of one disk, and the other requirements, were seen. */
  boolean complete() {
    complete |= missing().isEmpty();
    return complete;
  }

  /** The missing steps, as text. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (rates.size() < hosts) {
      missing.add("the map of %d hosts (seen: %d)".formatted(hosts, rates.size()));
    }
    if (hosts > 1 && ineffective.isEmpty()) {
      missing.add("an alert that says ineffective for a device with scheduler none");
    }
    EnumSet<Step> best =
        disks.values().stream()
            .map(disk -> disk.seen)
            .max(Comparator.comparingInt(Set::size))
            .orElse(EnumSet.noneOf(Step.class));
    for (Step step : EnumSet.complementOf(best)) {
      missing.add(step.meaning);
    }
    return missing;
  }

  /** I/Os per second of one host's disks, from its snapshots and sample batches. */
  static final class DiskRates {
    private MappingSnapshot snapshot;
    private long[] lastIos = {};
    private long lastMillis;

    DiskRates(MappingSnapshot first) {
      snapshot = first;
    }

    void snapshot(MappingSnapshot next) {
      snapshot = next;
      lastIos = new long[0];
    }

    List<MappedDisk> disks() {
      return snapshot.disks();
    }

    /** I/Os per second of each disk since the previous batch; empty when unknown. */
    double[] sampled(SampleFrame frame) {
      SampleTable table = frame.disks();
      long[] ios = new long[disks().size()];
      if (!snapshot.origin().run().equals(frame.run())
          || snapshot.base().id() != frame.baseId()
          || table.rows() != ios.length) {
        return new double[0];
      }
      double[] rates = new double[lastIos.length];
      double seconds = (frame.monotonicMillis() - lastMillis) / 1_000.0;
      for (int row = 0; row < ios.length; row++) {
        ios[row] = table.get(SampleColumn.READ_IOS, row) + table.get(SampleColumn.WRITE_IOS, row);
        if (row < rates.length && seconds > 0) {
          rates[row] = (ios[row] - lastIos[row]) / seconds;
        }
      }
      lastIos = ios;
      lastMillis = frame.monotonicMillis();
      return rates;
    }
  }
}
