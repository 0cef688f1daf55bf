package io.blkwarden.agent.app;

import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Printable;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Log lines of changes of the map. */
final class MappingChangeText {
  /** Maximum number of unresolved disks that are logged for the first map. */
  private static final int MAX_UNRESOLVED = 100;

  private MappingChangeText() {}

  /** The first map of a run and its unresolved disks. */
  static List<String> ofFirst(HostMapping mapping) {
    List<MappedDisk> unresolved =
        mapping.disks().stream().filter(d -> d.state() != MappingState.RESOLVED).toList();
    List<String> lines = new ArrayList<>();
    lines.add(
        "first map: %d domains, %d disks, %d of them resolved"
            .formatted(
                mapping.domains().size(),
                mapping.disks().size(),
                mapping.disks().size() - unresolved.size()));
    unresolved.stream()
        .limit(MAX_UNRESOLVED)
        .map(disk -> "not resolved: " + Printable.of(text(disk)))
        .forEach(lines::add);
    if (unresolved.size() > MAX_UNRESOLVED) {
      lines.add("%d more are not resolved".formatted(unresolved.size() - MAX_UNRESOLVED));
    }
    return lines;
  }

  /** A change, with guest-controlled text escaped. */
  static String of(MappingEvent event) {
    return Printable.of(
        switch (event) {
          case MappingSnapshot _ -> "snapshot";
          case MappingEvent.DomainStarted(_, DomainRef domain) -> "domain started: " + text(domain);
          case MappingEvent.DomainStopped(_, DomainRef domain) -> "domain stopped: " + text(domain);
          case MappingEvent.DiskAttached(_, MappedDisk disk) -> "disk attached: " + text(disk);
          case MappingEvent.DiskDetached(_, MappedDisk disk) -> "disk detached: " + text(disk);
          case MappingEvent.WorkersChanged(_, MappedDisk disk) -> "workers changed: " + text(disk);
          case MappingEvent.DiskChanged(_, MappedDisk disk, List<String> what) ->
              "disk changed (%s): %s".formatted(String.join(", ", what), facts(disk, what));
          case MappingEvent.DeviceAdded(_, Volume volume) -> "device added: " + text(volume);
          case MappingEvent.DeviceRemoved(_, Volume volume) -> "device removed: " + text(volume);
        });
  }

  /** The domain of a change; null if it is about a device. */
  static @Nullable DomainRef domain(MappingEvent event) {
    return switch (event) {
      case MappingEvent.DomainStarted(_, DomainRef domain) -> domain;
      case MappingEvent.DomainStopped(_, DomainRef domain) -> domain;
      case MappingEvent.DiskAttached(_, MappedDisk disk) -> disk.domain();
      case MappingEvent.DiskDetached(_, MappedDisk disk) -> disk.domain();
      case MappingEvent.WorkersChanged(_, MappedDisk disk) -> disk.domain();
      case MappingEvent.DiskChanged(_, MappedDisk disk, _) -> disk.domain();
      case MappingSnapshot _, MappingEvent.DeviceAdded _, MappingEvent.DeviceRemoved _ -> null;
    };
  }

  private static String text(DomainRef domain) {
    return "%s (%d, %s)".formatted(domain.name(), domain.domid(), domain.uuid());
  }

  private static String text(Volume volume) {
    return "%s %s, role %s"
        .formatted(
            Objects.requireNonNullElse(volume.dmName(), "unnamed"),
            device(volume),
            volume.role().wire());
  }

  private static String text(MappedDisk disk) {
    UnresolvedReason reason = disk.reason();
    String state = disk.state().wire() + (reason == null ? "" : ", " + reason.wire());
    String workers =
        disk.workers().stream().map(MappingChangeText::text).collect(Collectors.joining(", "));
    return "%s %s on %s: %s%s"
        .formatted(
            disk.domain().name(),
            disk.disk().vdev(),
            device(disk.volume()),
            state,
            workers.isEmpty() ? "" : ", by " + workers);
  }

  /** The disk and the new values of the changed properties. */
  private static String facts(MappedDisk disk, List<String> what) {
    String facts =
        what.stream()
            .map(each -> fact(disk, each))
            .filter(each -> !each.isEmpty())
            .distinct()
            .collect(Collectors.joining("; "));
    return "%s %s on %s%s"
        .formatted(
            disk.domain().name(),
            disk.disk().vdev(),
            device(disk.volume()),
            facts.isEmpty() ? "" : ": " + facts);
  }

  private static String fact(MappedDisk disk, String what) {
    Volume volume = disk.volume();
    return switch (what) {
      case "volume" ->
          "volume "
              + Objects.requireNonNullElse(volume.path(), "no path")
              + (volume.dmName() == null ? "" : ", " + volume.dmName());
      case "role" -> "role " + volume.role().wire();
      case "mode" -> "mode " + disk.disk().mode();
      case "devices", "scheduler" ->
          disk.physical().stream()
              .map(device ->
                  "%s with scheduler %s (%s)"
                      .formatted(
                          device.name(),
                          Objects.requireNonNullElse(device.scheduler(), "unknown"),
                          device.actuator().wire()))
              .collect(Collectors.joining(", ", "on ", ""));
      case "labels" -> "labels " + disk.domainLabels();
      default -> "";
    };
  }

  private static String device(Volume volume) {
    if (volume.device() != null) {
      return volume.device().toString();
    }
    return volume.path() == null ? "an unknown device" : volume.path();
  }

  private static String text(Worker worker) {
    return "%d %s (%s)".formatted(worker.pid(), worker.comm(), worker.proof().wire());
  }
}
