package io.blkwarden.simulation.story;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Printable;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The steps seen on NATS for each disk in a storm, as lines of text, and the steps missing.
 *
 * <p>A step counts only after the steps before it on the same disk. Not thread-safe.
 */
final class Story {
  private final int hosts;
  private final double threshold;
  private final Map<HostId, DiskRates> rates = new HashMap<>();
  private final Map<String, EnumSet<StoryStep>> seen = new TreeMap<>();
  private final Set<HostId> ineffective = new HashSet<>();
  private final WorkerStory workers = new WorkerStory();

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

  List<String> snapshot(MappingSnapshot snapshot) {
    HostId host = snapshot.origin().host();
    boolean news = !rates.containsKey(host);
    rates.computeIfAbsent(host, h -> new DiskRates()).snapshot(snapshot);
    List<String> lines = new ArrayList<>();
    for (MappedDisk disk : snapshot.disks()) {
      if (disk.state() != MappingState.RESOLVED) {
        continue;
      }
      steps(host, disk.domain().name(), disk.disk().vdev()).add(StoryStep.MAPPED);
      if (news && disk.volume().role() == VolumeRole.SWAP) {
        lines.add(describe(host, disk));
      }
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
    double[] now = known == null ? null : known.sampled(frame);
    List<String> lines = new ArrayList<>();
    for (int row = 0; known != null && now != null && row < now.length; row++) {
      MappedDisk disk = known.disks().get(row);
      if (disk.volume().role() == VolumeRole.SWAP && now[row] > threshold) {
        if (reach(host, disk.domain().name(), disk.disk().vdev(), StoryStep.STORM)) {
          lines.add(
              "storm    %s %s swaps: %.0f I/O per s on %s"
                  .formatted(
                      host, Printable.of(disk.domain().name()), now[row], disk.disk().vdev()));
        }
      }
    }
    return lines;
  }

  List<String> command(Command command) {
    if (!(command.action() instanceof CommandAction.Set set)
        || !reach(command.host(), set.domain().name(), set.vdev(), StoryStep.COMMAND)) {
      return List.of();
    }
    return List.of(
        "decision %s: set %s of %s to %s for %d s, because %s"
            .formatted(
                command.host(),
                set.vdev(),
                Printable.of(set.domain().name()),
                set.restraint(),
                set.leaseMs() / 1_000,
                command.reason()));
  }

  List<String> outcome(Outcome outcome) {
    if (outcome.domain() == null || outcome.vdev() == null) {
      return List.of();
    }
    String disk = key(outcome.host(), outcome.domain().name(), outcome.vdev());
    StoryStep step =
        switch (outcome.result()) {
          case APPLIED -> workers.lowered(disk, outcome) ? StoryStep.PRIORITY : null;
          case RELEASED -> workers.restored(disk, outcome) ? StoryStep.RELEASED : null;
          case EXPIRED, RENEWED, RECOVERED, ADOPTED, GONE, REFUSED, FAILED, DONE -> null;
        };
    if (step == null || !reach(outcome.host(), outcome.domain().name(), outcome.vdev(), step)) {
      return List.of();
    }
    return List.of(
        "%s %s: %s"
            .formatted(
                step == StoryStep.PRIORITY ? "ionice  " : "release ",
                outcome.host(),
                WorkerStory.told(outcome)));
  }

  List<String> alert(String subject, Alert alert) {
    if (alert.domain() == null || alert.disk() == null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    String domain = alert.domain().name();
    String vdev = alert.disk().vdev();
    StoryStep step =
        switch (alert.state()) {
          case FIRING -> StoryStep.ALERT;
          case HANDLED -> StoryStep.HANDLED;
          case RESOLVED -> StoryStep.RESOLVED;
          case UNKNOWN -> null;
        };
    if (step == StoryStep.HANDLED) { // the first publication may say so already
      reach(alert.host(), domain, vdev, StoryStep.ALERT);
    }
    if (step != null && reach(alert.host(), domain, vdev, step)) {
      lines.add("alert    %s: %s: %s".formatted(subject, alert.state().wire(), alert.summary()));
    }
    if (alert.action() != null) {
      if (alert.action().effect() == Alert.Effect.WORKED
          && reach(alert.host(), domain, vdev, StoryStep.EFFECT)) {
        lines.add("effect   %s: worked: %s".formatted(alert.host(), alert.summary()));
      }
      if (alert.action().effect() == Alert.Effect.INEFFECTIVE && ineffective.add(alert.host())) {
        lines.add(
            "honest   %s: %s is not throttled: %s"
                .formatted(alert.host(), Printable.of(domain), alert.action().note()));
      }
    }
    return lines;
  }

  private EnumSet<StoryStep> steps(HostId host, String domain, String vdev) {
    return seen.computeIfAbsent(key(host, domain, vdev), key -> EnumSet.noneOf(StoryStep.class));
  }

  private static String key(HostId host, String domain, String vdev) {
    return host + "/" + domain + "/" + vdev;
  }

  /** Records a step if the steps before it were seen; returns whether it is new. */
  private boolean reach(HostId host, String domain, String vdev, StoryStep step) {
    Set<StoryStep> steps = steps(host, domain, vdev);
    return steps.containsAll(step.after()) && steps.add(step);
  }

  /** Whether all steps of one disk, and the other requirements, were seen. */
  boolean whole() {
    return missing().isEmpty();
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
    EnumSet<StoryStep> best =
        seen.values().stream()
            .max(Comparator.comparingInt(Set::size))
            .map(EnumSet::copyOf)
            .orElse(EnumSet.noneOf(StoryStep.class));
    for (StoryStep step : EnumSet.complementOf(best)) {
      missing.add(step.meaning());
    }
    return missing;
  }
}
