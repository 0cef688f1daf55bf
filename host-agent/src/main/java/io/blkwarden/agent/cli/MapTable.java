package io.blkwarden.agent.cli;

import io.blkwarden.commandline.Table;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Printable;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The map of a host as a table, one line per disk, with guest-controlled text escaped. Columns are
 * at most {@value #MAX_WIDTH} cells wide.
 */
final class MapTable {
  private static final int MAX_WIDTH = 60;
  private static final int MAX_DEVICES = 3;
  private static final String NONE = "-";

  private MapTable() {}

  /** The table, including the last line end, with the state of each disk in colour. */
  static String render(String host, String kernel, List<MappedDisk> disks, TextStyle style) {
    String summary = summary(host, kernel, disks) + "\n";
    return disks.isEmpty() ? summary : summary + String.join("\n", lines(disks, style)) + "\n";
  }

  private static List<String> lines(List<MappedDisk> disks, TextStyle style) {
    return Table.of(disks, MAX_WIDTH)
        .column("DOMAIN", disk -> disk.domain().name() + " (" + disk.domain().domid() + ")")
        .column(
            "DISK", disk -> disk.disk().vdev() + (disk.disk().mode().startsWith("r") ? " ro" : ""))
        .column("VOLUME", disk -> disk.volume().path())
        .column("DM", disk -> device(disk.volume()))
        .column("PHYSICAL", disk -> physical(disk.physical()))
        .column("ROLE", disk -> disk.volume().role().wire())
        .column("ROLE BY", disk -> Objects.requireNonNullElse(disk.volume().roleBy(), "default"))
        .column(
            "PIDS",
            disk -> joined(disk.workers().stream().map(worker -> Integer.toString(worker.pid()))))
        .column(
            "PRIORITY", disk -> joined(disk.workers().stream().map(MapTable::priority).distinct()))
        .column("STATE", MapTable::state)
        .paintLast((disk, text) ->
            disk.state() == MappingState.RESOLVED ? style.good(text) : style.warning(text))
        .lines();
  }

  private static String summary(String host, String kernel, List<MappedDisk> disks) {
    long resolved = disks.stream().filter(disk -> disk.state() == MappingState.RESOLVED).count();
    long domains = disks.stream().map(MappedDisk::domain).distinct().count();
    return "%s, Linux %s: %d of %d disks resolved, %d domains"
        .formatted(Printable.of(host), Printable.of(kernel), resolved, disks.size(), domains);
  }

  private static String device(Volume volume) {
    String number = volume.device() == null ? NONE : volume.device().toString();
    return volume.dm() == null ? number : volume.dm() + " " + number;
  }

  private static String physical(List<PhysicalDevice> devices) {
    String shown =
        devices.stream()
            .limit(MAX_DEVICES)
            .map(MapTable::physical)
            .collect(Collectors.joining(" "));
    int more = devices.size() - MAX_DEVICES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static String physical(PhysicalDevice device) {
    String scheduler = device.scheduler() == null ? "?" : device.scheduler();
    return device.name() + "(" + scheduler + ": " + device.actuator().wire() + ")";
  }

  private static String priority(Worker worker) {
    IoPriority priority = worker.priority();
    return priority == null ? "?" : priority.toString();
  }

  private static String joined(Stream<String> parts) {
    return parts.collect(Collectors.joining(","));
  }

  static String state(MappedDisk disk) {
    UnresolvedReason reason = disk.reason();
    return switch (disk.state()) {
      case RESOLVED ->
          disk.workers().stream()
              .map(worker -> worker.proof().wire())
              .distinct()
              .collect(Collectors.joining(", "));
      case GONE -> "gone: being detached";
      case UNRESOLVED -> "unresolved: " + (reason == null ? "" : describe(reason, disk.disk()));
    };
  }

  /** Why a disk is not resolved. */
  static String describe(UnresolvedReason reason, DiskRef disk) {
    return switch (reason) {
      case NOT_CONNECTED -> "the guest has not connected";
      case NO_THREAD_YET -> "no worker thread yet";
      case AMBIGUOUS_NAME -> "truncated thread name; waiting for I/O to identify the thread";
      case RINGS_MISSING -> "not all rings have a thread yet";
      case CONFLICTING_PROOFS -> "proofs contradict each other";
      case DEVICE_UNSETTLED -> "xenstore and the kernel name different devices";
      case SOURCE_UNREADABLE -> "a source needed for the proof could not be read";
      case UNSUPPORTED_BACKEND -> "backend " + disk.backend().wire() + " is not supported";
    };
  }
}
