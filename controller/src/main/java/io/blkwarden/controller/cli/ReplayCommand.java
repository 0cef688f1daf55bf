package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyProblem;
import io.blkwarden.controller.record.files.RecordingSet;
import io.blkwarden.controller.replay.Replay;
import io.blkwarden.controller.replay.Report;
import io.blkwarden.controller.step.StepSettings;
import io.blkwarden.model.Printable;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tries policies on a recording. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the controller's own decisions over a recording with the policies given, and prints"
          + " which disks would have been throttled, when and how long, and the difference from"
          + " what was really done. Needs neither NATS nor a controller, and sends nothing.",
      "Assumes that agents do at once whatever they are told. Recorded counters do not change"
          + " because of it: what a throttle would have changed is not known.",
      "Exit code 1 when a file or a policy cannot be read."
    })
final class ReplayCommand implements Callable<Integer> {
  private static final long PROGRESS_MILLIS = 500;

  private final Shell shell;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Recordings, and folders of them, in any order.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description = "Folder of policy files, or a file. Default: those of the recording.")
  @Nullable Path policies;

  @Option(names = "--labels", paramLabel = "FILE", description = "Labels of domains.")
  @Nullable Path labels;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Decide nothing before, such as 2026-11-22T18:00:00Z. Default: the begin.")
  @Nullable Instant from;

  @Option(names = "--to", paramLabel = "TIME", description = "Stop there. Default: the end.")
  @Nullable Instant to;

  @Option(names = "--json", description = "Print the report as a JSON object.")
  boolean json;

  ReplayCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    PolicyFiles.@Nullable Loaded loaded;
    RecordingSet recordings;
    try {
      Path given = policies;
      loaded = given == null ? null : PolicyFiles.load(given, labels);
      recordings = RecordingSet.open(paths);
    } catch (IOException e) {
      return failed(e);
    }
    if (loaded != null && !loaded.problems().isEmpty()) {
      for (PolicyProblem problem : loaded.problems()) {
        shell.err().println(Printable.of(problem.toString()));
      }
      return ExitCodes.FAILED;
    }
    List<String> faults = new ArrayList<>();
    recordings
        .skipped()
        .forEach(each -> faults.add("%s: left out: %s".formatted(each.file(), each.why())));
    if (recordings.size() == 0) {
      faults.forEach(fault -> shell.err().println(Printable.of(fault)));
      shell.err().println("blkwarden: there is no recording: expected files ending in .bwrec");
      return ExitCodes.FAILED;
    }
    long begun = System.nanoTime();
    Report report;
    try {
      report = run(recordings, loaded == null ? null : loaded.policies(), faults);
    } catch (IOException e) {
      return failed(e);
    }
    if (loaded == null && report.policyVersions() == 0) {
      shell
          .err()
          .println(
              "blkwarden: the recording has no policies ('blkwarden record --policies DIR' keeps"
                  + " them): give some with --policies");
      return ExitCodes.FAILED;
    }
    long tookMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    new ReplayText(shell.out(), report, recordings, faults, tookMillis).print(json);
    return ExitCodes.DONE;
  }

  private Report run(RecordingSet recordings, @Nullable PolicySet set, List<String> faults)
      throws IOException {
    Instant start = from;
    Instant end = to;
    long fromMillis = start == null ? 0 : start.toEpochMilli();
    Replay replay =
        new Replay(
            set,
            StepSettings.DEFAULT,
            fromMillis,
            end == null ? Long.MAX_VALUE : end.toEpochMilli());
    Progress progress = new Progress();
    recordings.read(
        fromMillis,
        (file, entry) -> {
          replay.take(file, entry);
          progress.at(replay.reachedMillis());
        },
        (file, damage) -> faults.add("%s: %s".formatted(file, damage)));
    progress.end();
    return replay.finish();
  }

  private Integer failed(IOException e) {
    shell.err().println("blkwarden: " + Printable.of(String.valueOf(e.getMessage())));
    return ExitCodes.FAILED;
  }

  /** Says how far it is, on a terminal. */
  private final class Progress {
    private static final int LOOK_EACH = 1_024;

    private final boolean shown;
    private long count;
    private long next;

    Progress() {
      // absent without a terminal, or there and none, as the JDK's vendor likes
      shown = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
      next = millis() + PROGRESS_MILLIS;
    }

    void at(long wallMillis) {
      if (shown && ++count % LOOK_EACH == 0 && millis() >= next) {
        next = millis() + PROGRESS_MILLIS;
        shell.err().printf("\r%s ", Instant.ofEpochMilli(wallMillis / 1_000 * 1_000));
        shell.err().flush();
      }
    }

    void end() {
      if (shown) {
        shell.err().print("\r                         \r");
        shell.err().flush();
      }
    }

    private static long millis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
  }
}
