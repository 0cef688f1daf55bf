package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.BlockDevice;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.trace.BioTally;
import io.blkwarden.agent.trace.BioTrace;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code blkwarden-agent trace}: the threads that submit I/O to a device. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which threads submit I/O to the device of a disk, and which disks they serve.",
      "Needs tracefs and root. Uses a trace instance of its own, which is removed at the end, also"
          + " after Ctrl-C. Changes nothing else."
    })
final class TraceCommand implements Callable<Integer> {
  private static final Duration MAX_TIME = Duration.ofMinutes(5);
  private static final long STOP_SECONDS = 10;

  @Mixin private CommandOutput output = new CommandOutput();

  @Parameters(
      paramLabel = "DISK",
      description =
          "DOMAIN/DISK, such as vm176/xvda2 (the domain by name or UUID), or a block device, such"
              + " as dm-3, sda or /dev/vg/vm176_swap.")
  private String disk = "";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationText.class,
      description = "How long to trace, at most 5m (default: ${DEFAULT-VALUE}).")
  private Duration time = Duration.ofSeconds(5);

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "50",
      description = "Maximum number of threads in text and JSON (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    if (time.compareTo(MAX_TIME) > 0) {
      problems.add("--for: expected at most 5m");
    }
    if (rows < 1 || rows > BioTally.MAX_THREADS) {
      problems.add("--rows: expected 1 to " + BioTally.MAX_THREADS);
    }
    output.requireValid(problems);
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch done = new CountDownLatch(1);
    Thread atSignal =
        new Thread(
            () -> {
              stopped.set(true);
              try {
                boolean _ = done.await(STOP_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException _) {
                // the process ends; the next trace removes the instance
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(atSignal);
    try (HostSources host = HostSources.ofThisHost(output)) {
      return trace(host, stopped);
    } finally {
      done.countDown();
      if (!stopped.get()) {
        boolean _ = Runtime.getRuntime().removeShutdownHook(atSignal);
      }
    }
  }

  private int trace(HostSources host, AtomicBoolean stopped) {
    HostScanner scanner = new HostScanner(host.files(), host.store(), host.priorities());
    MappingResolver resolver = new MappingResolver(RolePatterns.DEFAULTS);
    MappingResolver.Resolution before = resolver.resolve(scanner.scan(List::of), Evidence.none());
    DeviceNumber device =
        output.require(
            device(host.files(), before.disks(), disk), "see 'blkwarden-agent map' and lsblk");
    long startTicks = ProcFiles.uptimeTicks(host.files()).orElse(0L);
    BioTally tally =
        output.require(
            BioTrace.open(Path.of("/"), host.files(), (int) ProcessHandle.current().pid())
                .flatMap(trace -> {
                  try (trace) {
                    return BioTally.of(trace, device, time, stopped::get, System::nanoTime);
                  }
                }),
            "run this as root; see 'blkwarden-agent doctor'");
    List<ObservedBio> bios =
        tally.loads().stream()
            .map(BioTally.Load::pid)
            .filter(pid -> pid > 0)
            .distinct()
            .map(pid -> new ObservedBio(pid, device))
            .toList();
    List<MappedDisk> disks = resolver.resolve(scanner.scan(() -> bios), before.next()).disks();
    TraceReport report = new TraceReport(disk, device, tally, disks, startTicks, rows);
    output.print(output.json() ? report.json() + "\n" : report.text());
    report.notes().forEach(output::note);
    return ExitCodes.DONE;
  }

  /** The device of a disk or of a block device. */
  static ReadResult<DeviceNumber> device(KernelFiles files, List<MappedDisk> disks, String name) {
    String device = name.startsWith("/dev/") ? name.substring("/dev/".length()) : name;
    if (!device.contains("/")) {
      return BlockDevice.numberAt(files, "sys/class/block/%s/dev".formatted(device));
    }
    if (name.startsWith("/dev/")) {
      return disks.stream()
          .filter(each -> name.equals(each.volume().path()))
          .findFirst()
          .map(TraceCommand::deviceOf)
          .orElse(ReadResult.failed("no guest disk is on " + name));
    }
    return HostMap.find(disks, name).flatMap(TraceCommand::deviceOf);
  }

  private static ReadResult<DeviceNumber> deviceOf(MappedDisk disk) {
    DeviceNumber device = disk.volume().device();
    return device == null
        ? ReadResult.failed("the device of %s is unknown".formatted(HostMap.name(disk)))
        : ReadResult.present(device);
  }
}
