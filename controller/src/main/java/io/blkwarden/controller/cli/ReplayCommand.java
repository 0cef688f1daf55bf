package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyProblem;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.files.RecordingSet;
import io.blkwarden.controller.replay.Replay;
import io.blkwarden.controller.replay.ReplayReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
  private final CommandContext context;

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

  ReplayCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PolicyFiles.@Nullable Loaded loaded;
    try {
      Path given = policies;
      loaded = given == null ? null : PolicyFiles.load(given, labels);
    } catch (IOException e) {
      return context.failed(String.valueOf(e.getMessage()), PolicyFiles.REMEDY);
    }
    if (loaded != null && !loaded.problems().isEmpty()) {
      for (PolicyProblem problem : loaded.problems()) {
        context.failed(problem.toString(), "mend it; 'blkwarden policy check' reads it again");
      }
      return ExitCodes.FAILED;
    }
    List<String> faults = new ArrayList<>();
    try {
      RecordingSet recordings = RecordingSet.open(paths);
      recordings
          .skipped()
          .forEach(each -> faults.add("%s: left out: %s".formatted(each.file(), each.why())));
      if (recordings.size() == 0) {
        faults.forEach(context::note);
        return context.failed(
            "there is no recording", "name files ending in .bwrec, or their folder");
      }
      return replay(recordings, loaded == null ? null : loaded.policies(), faults);
    } catch (IOException e) {
      return context.failed(
          String.valueOf(e.getMessage()), "name a file or folder that 'blkwarden record' wrote");
    }
  }

  private Integer replay(RecordingSet recordings, @Nullable PolicySet set, List<String> faults)
      throws IOException {
    long begun = System.nanoTime();
    ReplayReport report = run(recordings, set, faults);
    if (set == null && report.policyVersions() == 0) {
      return context.failed(
          "the recording has no policies ('blkwarden record --policies DIR' keeps them)",
          "give some with --policies");
    }
    long tookMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    new ReplayText(context.out(), report, recordings, faults, tookMillis).print(json);
    return ExitCodes.DONE;
  }

  private ReplayReport run(RecordingSet recordings, @Nullable PolicySet set, List<String> faults)
      throws IOException {
    Instant start = from;
    Instant end = to;
    long fromMillis = start == null ? 0 : start.toEpochMilli();
    Replay replay =
        new Replay(
            set,
            EngineSettings.DEFAULT,
            fromMillis,
            end == null ? Long.MAX_VALUE : end.toEpochMilli());
    try (Progress progress = Progress.of(context)) {
      recordings.read(
          fromMillis,
          new Taker(replay, progress, recordings.bytes()),
          (file, damage) -> faults.add("%s: %s".formatted(file, damage)));
    }
    return replay.finish();
  }

  /** Hands entries to the replay, and says how far it is. */
  private static final class Taker implements RecordingSet.Taker {
    private static final int LOOK_EACH = 1_024;

    private final Replay replay;
    private final Progress progress;
    private final long bytes;
    private long count;

    Taker(Replay replay, Progress progress, long bytes) {
      this.replay = replay;
      this.progress = progress;
      this.bytes = bytes;
    }

    @Override
    public void take(FileHeader file, Entry entry) {
      replay.take(file, entry);
    }

    @Override
    public void reached(long reached) {
      if (++count % LOOK_EACH == 0) {
        Instant at = Instant.ofEpochMilli(replay.reachedMillis() / 1_000 * 1_000);
        progress.at(reached, bytes, "%s, %,d messages".formatted(at, count));
      }
    }
  }
}
