package io.blkwarden.agent.cli;

import io.blkwarden.agent.backend.blkback.BlkbackThreads;
import io.blkwarden.agent.backend.blkback.BlkbackThreads.BlkbackThread;
import io.blkwarden.agent.doctor.Check;
import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskIo;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.model.Actuator;
import io.blkwarden.model.IoPriority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code doctor} says about the host itself. */
final class HostChecks {
  /** Devices of which most hosts have some that nothing uses: shown where a disk lies on them. */
  private static final Pattern SELDOM_USED = Pattern.compile("(dm-|loop|ram|zram|s[rt]|fd|nbd).*");

  private HostChecks() {}

  /**
   * Whether ionice has an effect, for each device that has a queue of its own.
   *
   * @param below names of devices at the bottom of guests' disks
   */
  static List<Check> devices(KernelFiles files, Set<String> below) {
    ReadResult<List<String>> names = BlockDevice.names(files);
    if (!(names instanceof ReadResult.Present<List<String>>(List<String> found))) {
      return List.of(Check.fail("devices", names.describe(), "Give a --root that has sys/block."));
    }
    KernelRelease kernel = KernelRelease.read(files).toOptional().orElse(null);
    List<Check> checks = new ArrayList<>();
    for (String name : found) {
      if (below.contains(name) || !SELDOM_USED.matcher(name).matches()) {
        checks.add(device(files, name, kernel));
      }
    }
    return checks;
  }

  private static Check device(KernelFiles files, String name, @Nullable KernelRelease kernel) {
    ReadResult<QueueScheduler> scheduler = QueueScheduler.read(files, name);
    String active = scheduler.map(QueueScheduler::active).toOptional().orElse(null);
    boolean hardware = BlockDevice.isHardware(files, name);
    ActuatorVerdict verdict =
        ActuatorVerdict.of(active, kernel, hardware ? Set.of() : Set.of(Layer.VIRTUAL));
    String detail =
        "%s, scheduler %s: ionice %s, for %s"
            .formatted(
                name,
                active == null ? "unknown" : active,
                verdict.actuator().wire(),
                verdict.reason());
    String check = "ionice " + name;
    return switch (verdict.actuator()) {
      case EFFECTIVE, CLASS_ONLY -> Check.ok(check, detail);
      case UNKNOWN ->
          Check.warn(check, detail, "Trust only the measured effect of a throttle on this device.");
      case INEFFECTIVE -> Check.warn(check, detail, remedy(name, hardware, scheduler, kernel));
    };
  }

  /** What can be selected here: what this queue offers and this kernel honours. */
  private static String remedy(
      String name,
      boolean hardware,
      ReadResult<QueueScheduler> scheduler,
      @Nullable KernelRelease kernel) {
    String limit = "Throttle disks on it by a limit.";
    if (!hardware) {
      return "Nothing can be selected on "
          + name
          + ": it is virtual, so the schedulers of the disks below it count. "
          + limit;
    }
    List<String> offered = scheduler.map(QueueScheduler::available).orElse(List.of());
    for (Actuator wanted : List.of(Actuator.EFFECTIVE, Actuator.CLASS_ONLY)) {
      for (String each : offered) {
        if (ActuatorVerdict.of(each, kernel, Set.of()).actuator() == wanted) {
          return "Throttles by ionice do nothing here. Select %s: %s"
              .formatted(each, selecting(each, name));
        }
      }
    }
    return offered.contains("bfq")
        ? "Throttles by ionice do nothing here. Select bfq, and trust only the measured effect: "
            + selecting("bfq", name)
        : ("Nothing can be selected on %s: of what it offers (%s), nothing honours priorities on"
                + " this kernel. %s")
            .formatted(name, offered.isEmpty() ? "nothing" : String.join(" ", offered), limit);
  }

  private static String selecting(String scheduler, String name) {
    return "echo %s >/sys/block/%s/queue/scheduler".formatted(scheduler, name);
  }

  /** Whether limits can be set. */
  static Check limits(KernelFiles files, Path root) {
    return new CgroupLimits(files, root)
        .unavailable()
        .map(why ->
            Check.warn(
                "limits",
                why,
                "Rungs such as limit 20/s are skipped here. They need cgroup v2 with io, and no"
                    + " blkio of cgroup v1."))
        .orElseGet(() -> Check.ok("limits", "cgroup v2 has io: disks can be limited"));
  }

  /** Whether priorities can be read and set. */
  static List<Check> rights(KernelFiles files) {
    List<Check> checks = new ArrayList<>();
    boolean root =
        files
            .read("proc/self/status")
            .map(text -> text.lines().anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*")))
            .orElse(false);
    checks.add(
        root
            ? Check.ok("rights", "runs as root")
            : Check.fail("rights", "does not run as root", "Run it as root."));
    ReadResult<IoPriority> own =
        LinuxIoPriorities.open()
            .flatMap(priorities -> priorities.get((int) ProcessHandle.current().pid()));
    checks.add(
        own.isPresent()
            ? Check.ok("ioprio", "ioprio_get works; this process has " + own.describe())
            : Check.fail("ioprio", own.describe(), "Allow native calls to the JVM."));
    return checks;
  }

  /** Whether the counter proof is needed, and possible: only where names of threads are cut. */
  static List<Check> counters(KernelFiles files) {
    List<BlkbackThread> cut =
        BlkbackThreads.read(files).map(BlkbackThreads::blkback).orElse(List.of()).stream()
            .filter(thread -> !thread.name().whole())
            .toList();
    if (cut.isEmpty()) {
      return List.of();
    }
    ReadResult<TaskIo> io = TaskIo.read(files, cut.getFirst().id().pid());
    String names =
        "the names of %d threads are cut, such as '%s'"
            .formatted(cut.size(), cut.getFirst().name().comm());
    return List.of(
        Check.warn(
            "counters",
            names + (io.isPresent() ? "" : ", and " + io.describe()),
            "Tracing tells them apart. If tracing is not available, or disks stay ambiguous-name,"
                + " let the service read their counters: install"
                + " /usr/share/doc/blkwarden-agent/examples/counter-proof.conf as a drop-in."));
  }

  /** What the agent has set of devices' queues. */
  static Check queues(KernelFiles files, Path stateDir) {
    ReadResult<List<ChangedSetting>> held =
        BootId.read(files)
            .flatMap(boot -> new QueueFile(StateFolders.ofHost(stateDir), boot.id()).load());
    if (!(held instanceof ReadResult.Present<List<ChangedSetting>>(List<ChangedSetting> found))) {
      return Check.warn(
          "queues", held.describe(), "The agent sets such a file aside at its next start.");
    }
    return Check.ok(
        "queues",
        found.isEmpty()
            ? "the agent has set nothing of devices' queues"
            : found.stream().map(ChangedSetting::describe).collect(Collectors.joining(", ")));
  }

  /** Whether leases can be kept. */
  static Check leases(Path stateDir) {
    if (!Files.isDirectory(stateDir)) {
      return Check.warn(
          "leases", stateDir + " is not there", "The agent makes it at its first start.");
    }
    if (Files.exists(stateDir.resolve("leases.json.corrupt"))) {
      return Check.warn(
          "leases",
          stateDir.resolve("leases.json.corrupt") + " was set aside: it was damaged",
          "The agent restored what the second copy and the readable part of it said, see its log;"
              + " look for priorities other than none in 'blkwarden-agent map', then"
              + " remove it.");
    }
    return switch (StateLock.attempt(StateFolders.ofHost(stateDir))) {
      case StateLock.Attempt.Busy() -> Check.ok("leases", "an agent runs with " + stateDir);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        yield Check.ok("leases", stateDir + " can be used; no agent runs with it");
      }
      case StateLock.Attempt.Failed(String cause) ->
          Check.fail("leases", cause, "Give the agent a --state-dir that it can write to.");
    };
  }
}
