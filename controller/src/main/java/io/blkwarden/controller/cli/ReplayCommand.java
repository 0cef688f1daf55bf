package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a recording against policies. */
@Command(
    name = "replay",
    description = {
      "Replays a recording with policies and prints what would have been throttled.",
      "Runs the controller's own engine. Prints which disks, when and for how long, and the"
          + " difference from what was done. Needs neither NATS nor a controller.",
      "Assumes that agents carry out every command at once. Recorded counters do not react to"
          + " replayed throttles, so their effect is unknown.",
      "Exit code 1 if a file or a policy cannot be read."
    })
final class ReplayCommand extends CliCommand.Json {
  private static final int PROGRESS_EVERY = 1_024;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Recordings, or directories of recordings, in any order.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description = "Policy file, or directory of policy files (default: the recorded policies).")
  @Nullable Path policies;

  @Option(names = "--labels", paramLabel = "FILE", description = "Labels file for the policies.")
  @Nullable Path labels;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Replay from this time, e.g. 2026-11-22T18:00:00Z (default: start).")
  @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Replay up to this time, e.g. 2026-11-22T20:00:00Z (default: end).")
  @Nullable Instant to;

  @Override
  public Integer call() {
    PolicySet set = null;
    if (policies != null) {
      PolicyFiles files = PolicyFiles.load(List.of(policies), labels);
      for (PolicyProblem problem : files.problems()) {
        context.failed(problem.toString(), "fix it and check with 'blkwarden policy check'");
      }
      if (!files.problems().isEmpty()) {
        return ExitCodes.FAILED;
      }
      set = files.policies();
    }
    try {
      RecordingSet recordings = RecordingSet.open(paths);
      if (recordings.size() == 0) {
        recordings.problems().forEach(context::note);
        return context.failed(
            "no recording found", "name files ending in .bwrec, or their directory");
      }
      long start = System.nanoTime();
      ReplayReport report = run(recordings, set);
      if (set == null && report.count(Count.POLICY_VERSIONS) == 0) {
        return context.failed(
            "the recording has no policies ('blkwarden record --policies DIR' includes them)",
            "set --policies");
      }
      long tookMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      new ReplayText(context.out(), report, recordings, tookMillis).print(json);
      return ExitCodes.DONE;
    } catch (IOException e) {
      return context.failed(
          String.valueOf(e.getMessage()), "name a file or directory written by 'blkwarden record'");
    }
  }

  private ReplayReport run(RecordingSet recordings, @Nullable PolicySet set) throws IOException {
    long fromMillis = from == null ? 0 : from.toEpochMilli();
    long toMillis = to == null ? Long.MAX_VALUE : to.toEpochMilli();
    Replay replay = new Replay(set, EngineSettings.DEFAULT, fromMillis, toMillis);
    AtomicLong count = new AtomicLong();
    try (Progress progress = Progress.of(context)) {
      recordings.read(
          fromMillis,
          (file, entry, bytes) -> {
            replay.take(file, entry);
            if (count.incrementAndGet() % PROGRESS_EVERY == 0) {
              Instant at = Instant.ofEpochSecond(replay.reachedMillis() / 1_000);
              progress.at(bytes, recordings.bytes(), "%s, %,d messages".formatted(at, count.get()));
            }
          });
    }
    return replay.finish();
  }
}
