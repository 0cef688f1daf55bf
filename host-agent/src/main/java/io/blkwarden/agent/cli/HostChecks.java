package io.blkwarden.agent.cli;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.blkback.BlkbackThread;
import io.blkwarden.agent.backend.type.DiskProcesses;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.kernel.TaskStats;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.commandline.Check;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The {@code doctor} checks of devices, disks, limits, rights and state. */
final class HostChecks {
  private static final String DROP_IN =
      "/usr/share/doc/blkwarden-agent/examples/counter-proof.conf as a drop-in.";

  private static final int MAX_NAMED = 3;

  /** Devices that are often unused: checked only if a guest disk uses them. */
  private static final Pattern OFTEN_UNUSED = Pattern.compile("(dm-|loop|ram|zram|s[rt]|fd|nbd).*");

  private HostChecks() {}

  /**
   * Whether ionice is effective on each device with a queue of its own.
   *
   * @param disks the guest disks of this host
   */
  static List<Check> devices(KernelFiles files, List<MappedDisk> disks) {
    Set<String> below =
        disks.stream()
            .flatMap(disk -> disk.physical().stream())
            .map(PhysicalDevice::name)
            .collect(Collectors.toSet());
    ReadResult<List<String>> names = BlockDevice.names(files);
    if (!(names instanceof ReadResult.Present<List<String>>(List<String> found))) {
      return List.of(
          Check.fail("devices", names.describe(), "Set a --root that contains sys/block."));
    }
    KernelRelease kernel = KernelRelease.read(files).toOptional().orElse(null);
    return found.stream()
        .filter(name -> below.contains(name) || !OFTEN_UNUSED.matcher(name).matches())
        .map(name -> device(files, name, kernel))
        .toList();
  }

  private static Check device(KernelFiles files, String name, @Nullable KernelRelease kernel) {
    ReadResult<QueueScheduler> scheduler = QueueScheduler.read(files, name);
    String active = scheduler.map(QueueScheduler::active).toOptional().orElse(null);
    boolean hardware = BlockDevice.isHardware(files, name);
    ActuatorVerdict verdict =
        ActuatorVerdict.of(active, kernel, hardware ? Set.of() : Set.of(Layer.VIRTUAL));
    String detail =
        "%s, scheduler %s: ionice is %s: %s"
            .formatted(
                name,
                active == null ? "unknown" : active,
                verdict.actuator().wire(),
                verdict.reason());
    String check = "ionice " + name;
    return switch (verdict.actuator()) {
      case EFFECTIVE, CLASS_ONLY -> Check.ok(check, detail);
      case UNKNOWN ->
          Check.warn(check, detail, "Rely on the measured effect of throttles on this device.");
      case INEFFECTIVE -> Check.warn(check, detail, remedy(name, hardware, scheduler, kernel));
    };
  }

  /** The scheduler to select: one that the queue offers and that honours priorities. */
  private static String remedy(
      String name,
      boolean hardware,
      ReadResult<QueueScheduler> scheduler,
      @Nullable KernelRelease kernel) {
    String limit = "Throttle its disks by a limit.";
    if (!hardware) {
      return name + " is virtual and has no scheduler: that of the disks below it counts. " + limit;
    }
    List<String> offered = scheduler.map(QueueScheduler::available).orElse(List.of());
    for (Actuator wanted : List.of(Actuator.EFFECTIVE, Actuator.CLASS_ONLY)) {
      for (String each : offered) {
        if (ActuatorVerdict.of(each, kernel, Set.of()).actuator() == wanted) {
          return "ionice throttles have no effect on this device. Select %s: %s"
              .formatted(each, select(each, name));
        }
      }
    }
    return offered.contains("bfq")
        ? "ionice throttles have no effect on this device. Select bfq, and rely on the measured"
            + " effect: "
            + select("bfq", name)
        : "No scheduler of %s (%s) honours priorities on this kernel. %s"
            .formatted(name, offered.isEmpty() ? "none" : String.join(" ", offered), limit);
  }

  private static String select(String scheduler, String name) {
    return "echo %s >/sys/block/%s/queue/scheduler".formatted(scheduler, name);
  }

  /** Whether limits are available. */
  static Check limits(KernelFiles files, Path root) {
    LimitGroups groups = CgroupLimits.of(files, root);
    return groups
        .unavailable()
        .map(reason ->
            Check.warn(
                "limits",
                reason,
                "Steps such as limit 20/s are skipped on this host. They need the io controller of"
                    + " cgroup v2, or the blkio controller of cgroup v1."))
        .orElseGet(() -> Check.ok("limits", groups.hierarchy()));
  }

  /** Whether priorities can be read and set. */
  static List<Check> rights() {
    Check rights =
        StateOptions.root()
            ? Check.ok("rights", "running as root")
            : Check.fail("rights", "not running as root", "Run this as root.");
    ReadResult<IoPriority> own =
        LinuxIoPriorities.open()
            .flatMap(priorities -> priorities.get((int) ProcessHandle.current().pid()));
    Check ioprio =
        own.isPresent()
            ? Check.ok("ioprio", "ioprio_get works; this process has " + own.describe())
            : Check.fail("ioprio", own.describe(), "Start the JVM with --enable-native-access.");
    return List.of(rights, ioprio);
  }

  /** Whether the counter proof works, on hosts with truncated thread names. */
  static List<Check> counters(KernelFiles files) {
    List<BlkbackThread> truncated =
        BlkbackThread.among(TaskStats.read(files).map(TaskStats::all).orElse(List.of())).stream()
            .filter(thread -> !thread.name().whole())
            .toList();
    if (truncated.isEmpty()) {
      return List.of();
    }
    ReadResult<Long> io = ProcFiles.readBytes(files, truncated.getFirst().id().pid());
    String names =
        "the names of %d threads are truncated, such as '%s'"
            .formatted(truncated.size(), truncated.getFirst().name().comm());
    return List.of(
        Check.warn(
            "counters",
            names + (io.isPresent() ? "" : ", and " + io.describe()),
            "Tracing identifies them. If tracing is not available, or disks stay ambiguous-name,"
                + " let the service read their counters: install "
                + DROP_IN));
  }

  /** Whether the open files of processes that serve disks can be read, on hosts that have any. */
  static List<Check> processes(KernelFiles files) {
    List<TaskStat> tasks = TaskStats.read(files).map(TaskStats::all).orElse(List.of());
    DiskProcesses.Found found =
        BackendTypes.processes(files, _ -> ReadResult.absent("priority")).among(tasks);
    if (found.fault().isPresent()) {
      return List.of(
          Check.warn(
              "processes",
              found.fault().get(),
              "Their open files prove which disks they serve. Let the service read them: install "
                  + DROP_IN));
    }
    return found.all().isEmpty()
        ? List.of()
        : List.of(
            Check.ok(
                "processes",
                "the open files of %d tapdisks and QEMUs are readable"
                    .formatted(found.all().size())));
  }

  /** The queue settings that the agent has changed. */
  static Check queues(KernelFiles files, Path stateDir) {
    ReadResult<List<ChangedSetting>> changed =
        ProcFiles.bootId(files)
            .flatMap(boot -> new QueueFile(StateFolders.ofHost(stateDir), boot).load());
    if (!(changed
        instanceof ReadResult.Present<List<ChangedSetting>>(List<ChangedSetting> found))) {
      return Check.warn(
          "queues", changed.describe(), "The agent renames a damaged file at its next start.");
    }
    return Check.ok(
        "queues",
        found.isEmpty()
            ? "the agent has changed no queue settings"
            : found.stream().map(ChangedSetting::describe).collect(Collectors.joining(", ")));
  }

  /** Whether leases can be stored. */
  static Check leases(Path stateDir) {
    if (!Files.isDirectory(stateDir)) {
      return Check.warn(
          "leases", stateDir + " does not exist", "The agent creates it at its first start.");
    }
    if (Files.exists(stateDir.resolve("leases.json.corrupt"))) {
      return Check.warn(
          "leases",
          stateDir.resolve("leases.json.corrupt") + ": a damaged lease file was found",
          "The agent restored what the copy and the readable part listed; see its log. Check"
              + " 'blkwarden-agent map' for priorities other than none, then remove the file.");
    }
    return switch (StateLock.attempt(StateFolders.ofHost(stateDir))) {
      case StateLock.Attempt.Busy() -> Check.ok("leases", "an agent is running with " + stateDir);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        yield Check.ok("leases", stateDir + " is usable; no agent is running with it");
      }
      case StateLock.Attempt.Failed(String cause) ->
          Check.fail("leases", cause, "Set a writable --state-dir.");
    };
  }

  /** Scans all disks once; changes nothing. Failed if an essential source cannot be read. */
  static ReadResult<List<MappedDisk>> scan(HostSources sources) {
    HostMap map = HostMap.settled(sources, RolePatterns.DEFAULTS, Duration.ZERO);
    return map.snapshot().unread().stream()
        .filter(UnreadSource::essential)
        .findFirst()
        .map(
            unread -> ReadResult.<List<MappedDisk>>failed(unread.source() + ": " + unread.reason()))
        .orElse(ReadResult.present(map.resolution().disks()));
  }

  /**
   * Counts the disks that cannot be throttled, by reason.
   *
   * @param found the disks of this host
   * @param limits whether this host can set limits
   */
  static Check disks(ReadResult<List<MappedDisk>> found, boolean limits) {
    if (!(found instanceof ReadResult.Present<List<MappedDisk>>(List<MappedDisk> disks))) {
      return Check.warn(
          "disks",
          "cannot read the disks of this host: " + found.describe(),
          "Run this as root in dom0, and see the checks xenstore and rights.");
    }
    Map<String, List<String>> reasons = new TreeMap<>();
    for (MappedDisk disk : disks) {
      String reason = obstacle(disk, limits);
      if (reason != null) {
        reasons.computeIfAbsent(reason, _ -> new ArrayList<>()).add(HostMap.name(disk));
      }
    }
    int count = reasons.values().stream().mapToInt(List::size).sum();
    if (count == 0) {
      return Check.ok("disks", "all %d disks can be throttled".formatted(disks.size()));
    }
    return Check.warn(
        "disks",
        "%d of %d disks cannot be throttled: %s"
            .formatted(
                count,
                disks.size(),
                reasons.entrySet().stream()
                    .map(entry -> count(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining("; "))),
        "These disks are mapped but never throttled; see 'blkwarden-agent map'.");
  }

  private static String count(String reason, List<String> names) {
    String some = names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
    String more = names.size() > MAX_NAMED ? ", ..." : "";
    return "%d (%s%s): %s".formatted(names.size(), some, more, reason);
  }

  private static @Nullable String obstacle(MappedDisk disk, boolean limits) {
    UnresolvedReason reason = disk.reason();
    if (reason != null) {
      return MapTable.describe(reason, disk.disk());
    }
    if (disk.state() != MappingState.RESOLVED || disk.unrestrainable().isPresent()) {
      return disk.unrestrainable().orElse(null);
    }
    if (limits) {
      return null;
    }
    boolean ineffective =
        !disk.physical().isEmpty()
            && disk.physical().stream()
                .allMatch(device -> device.actuator() == Actuator.INEFFECTIVE);
    return ineffective
        ? "ionice has no effect on the physical devices, and limits are not available"
        : null;
  }
}
