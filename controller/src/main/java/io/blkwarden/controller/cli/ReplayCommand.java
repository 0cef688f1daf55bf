package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.recording.files.RecordingSet;
import io.blkwarden.controller.replay.Replay;
import io.blkwarden.controller.replay.ReplayReport;
import io.blkwarden.controller.replay.ReplayReport.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a recording against policies. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the controller's own engine on a recording with the given policies. Prints which disks"
          + " would have been throttled, when and for how long, and the difference from what was"
          + " actually done. Needs neither NATS nor a controller, and sends nothing.",
      "Assumes that agents carry out every command at once. Recorded counters do not react to"
          + " replayed throttles, so their effect is unknown.",
      "Exit code 1 if a file or a policy cannot be read."
    })
final class ReplayCommand extends JsonCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Recordings, or directories of recordings, in any order.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description =
          "Policy file, or directory of policy files. Default: the policies in the recording.")
  @Nullable Path policies;

  @Option(names = "--labels", paramLabel = "FILE", description = "Labels file.")
  @Nullable Path labels;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Start of the replay window, e.g. 2026-11-22T18:00:00Z. Default: start of the recording.")
  @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "End of the replay window. Default: end of the recording.")
  @Nullable Instant to;

  @Override
  public Integer call() {
    PolicyFiles files = policies == null ? null : PolicyFiles.load(List.of(policies), labels);
    if (files != null && !files.problems().isEmpty()) {
      for (PolicyProblem problem : files.problems()) {
        context.failed(problem.toString(), "fix it; check it with 'blkwarden policy check'");
      }
      return ExitCodes.FAILED;
    }
    List<String> problems = new ArrayList<>();
    try {
      RecordingSet recordings = RecordingSet.open(paths);
      recordings
          .skipped()
          .forEach(each -> problems.add("%s: skipped: %s".formatted(each.file(), each.why())));
      if (recordings.size() == 0) {
        problems.forEach(context::note);
        return context.failed(
            "no recording found", "name files ending in .bwrec, or their directory");
      }
      return replay(recordings, files == null ? null : files.policies(), problems);
    } catch (IOException e) {
      return context.failed(
          String.valueOf(e.getMessage()), "name a file or directory written by 'blkwarden record'");
    }
  }

  private Integer replay(RecordingSet recordings, @Nullable PolicySet set, List<String> problems)
      throws IOException {
    long start = System.nanoTime();
    ReplayReport report = run(recordings, set, problems);
    if (set == null && report.count(Count.POLICY_VERSIONS) == 0) {
      return context.failed(
          "the recording has no policies ('blkwarden record --policies DIR' includes them)",
          "set --policies");
    }
    long tookMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    new ReplayText(context.out(), report, recordings, problems, tookMillis).print(json);
    return ExitCodes.DONE;
  }

  private ReplayReport run(RecordingSet recordings, @Nullable PolicySet set, List<String> problems)
      throws IOException {
    long fromMillis = from == null ? 0 : from.toEpochMilli();
    long toMillis = to == null ? Long.MAX_VALUE : to.toEpochMilli();
    Replay replay = new Replay(set, EngineSettings.DEFAULT, fromMillis, toMillis);
    try (Progress progress = Progress.of(context)) {
      recordings.read(
          fromMillis,
          new Feeder(replay, progress, recordings.bytes()),
          (file, range) -> problems.add("%s: %s".formatted(file, range)));
    }
    return replay.finish();
  }

  /** Passes entries to the replay and updates the progress bar. */
  private static final class Feeder implements RecordingSet.EntryListener {
    private static final int PROGRESS_EVERY = 1_024;

    private final Replay replay;
    private final Progress progress;
    private final long bytes;
    private long count;

    Feeder(Replay replay, Progress progress, long bytes) {
      this.replay = replay;
      this.progress = progress;
      this.bytes = bytes;
    }

    @Override
    public void entry(FileHeader file, Entry entry) {
      replay.take(file, entry);
    }

    @Override
    public void progress(long reached) {
      if (++count % PROGRESS_EVERY == 0) {
        Instant at = Instant.ofEpochMilli(replay.reachedMillis() / 1_000 * 1_000);
        progress.at(reached, bytes, "%s, %,d messages".formatted(at, count));
      }
    }
  }
}
