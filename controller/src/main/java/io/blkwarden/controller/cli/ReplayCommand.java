package io.blkwarden.controller.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.recording.files.RecordingSet;
import io.blkwarden.controller.replay.Replay;
import io.blkwarden.controller.replay.ReplayReport;
import io.blkwarden.controller.replay.ReplayReport.Count;
import io.blkwarden.controller.replay.ReplayReport.Difference;
import io.blkwarden.controller.replay.ThrottledPeriod;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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
      PolicyCommand.PolicyFiles files = PolicyCommand.PolicyFiles.load(List.of(policies), labels);
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
      new Text(context.out(), report, recordings, tookMillis).print(json);
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

  /** Prints a replay report as text or JSON. */
  record Text(PrintWriter out, ReplayReport report, RecordingSet recordings, long tookMillis) {
    private static final List<String> ASSUMPTIONS =
        List.of(
            "agents carry out every command at once; refusals by real agents are unknown",
            "recorded counters do not react to replayed throttles, so a step without effect here"
                + " may have had one",
            "proposals are never approved, and operator requests count only as recorded");

    void print(boolean json) {
      if (json) {
        out.println(AsciiJson.text(json()));
      } else {
        text();
      }
      out.flush();
    }

    private void text() {
      long spanMillis = report.toMillis() - report.fromMillis();
      out.printf(
          "%s to %s (%s): %d sample batches and %d other messages from %d files, replayed in %.1f s"
              + " (%,.0f times real time)%n",
          time(report.fromMillis()),
          time(report.toMillis()),
          duration(spanMillis),
          report.count(Count.SAMPLES),
          report.count(Count.OTHERS),
          recordings.size(),
          tookMillis / 1_000.0,
          speed());
      out.printf(
          report.policiesGiven()
              ? "Policies: from --policies; the recording has %d versions of its own%n"
              : "Policies: from the recording, %d versions%n",
          report.count(Count.POLICY_VERSIONS));
      problems();
      out.println("Assumptions: " + String.join("; ", ASSUMPTIONS) + ".");
      out.println();
      throttles("Throttled in the replay", report.replayed());
      throttles("Throttled in the recording", report.recorded());
      differences();
      refusals();
      out.printf(
          "%d alerts and %d commands in the replay; %d commands in the recording%n",
          report.count(Count.ALERTS),
          report.count(Count.COMMANDS),
          report.count(Count.RECORDED_COMMANDS));
    }

    private double speed() {
      return (report.toMillis() - report.fromMillis()) / (double) tookMillis;
    }

    private void problems() {
      recordings.problems().forEach(problem -> out.println("! " + Printable.of(problem)));
      long samples = report.count(Count.SAMPLES_MISSING);
      long others = report.count(Count.OTHERS_MISSING);
      long interruptions = report.count(Count.INTERRUPTIONS);
      if (samples + others + interruptions > 0) {
        out.printf(
            "! the recording lacks %d sample batches and %d other messages; %d disconnections%n",
            samples, others, interruptions);
      }
      more("! %d unreadable messages skipped%n", Count.UNREADABLE);
      more("! %d more throttles omitted%n", Count.OMITTED);
    }

    private void more(String text, Count what) {
      if (report.count(what) > 0) {
        out.printf(text, report.count(what));
      }
    }

    private void throttles(String title, List<ThrottledPeriod> all) {
      if (all.isEmpty()) {
        out.printf("%s: none%n%n", title);
        return;
      }
      table(
          "%s (%d)".formatted(title, all.size()),
          Table.of(all)
              .column("HOST", ThrottledPeriod::host)
              .column("DISK", each -> each.domain().name() + "/" + each.vdev())
              .column("POLICY", ThrottledPeriod::policy)
              .column("MODE", ThrottledPeriod::mode)
              .column("FROM", each -> time(each.fromMillis()))
              .column("DURATION", each -> duration(each.millis()))
              .column("SET", each -> String.join(", ", each.set()))
              .column("ENDED", each -> each.ended() == null ? "active" : each.ended()),
          "");
    }

    private void differences() {
      table(
          "Difference by disk",
          Table.of(report.differences())
              .column("HOST", Difference::host)
              .column("DISK", each -> each.domain() + "/" + each.vdev())
              .column("REPLAY", each -> duration(each.replayedMillis()))
              .column("RECORDING", each -> duration(each.recordedMillis()))
              .column("BOTH", each -> duration(each.bothMillis())),
          "");
    }

    private void refusals() {
      Map<Refusal, Long> counts =
          report.refusals().stream()
              .map(Refusal::of)
              .collect(groupingBy(each -> each, LinkedHashMap::new, counting()));
      long more = report.count(Count.MORE_REFUSALS);
      table(
          "Refused by safety checks",
          Table.of(counts.entrySet())
              .column("COUNT", Map.Entry::getValue)
              .column("HOST", each -> each.getKey().host())
              .column("DISK", each -> each.getKey().disk())
              .column("POLICY", each -> each.getKey().policy())
              .column("CHECK", each -> each.getKey().check())
              .column("REASON", each -> each.getKey().reason()),
          more > 0 ? "and %d more%n".formatted(more) : "");
    }

    private void table(String title, Table<?> table, String more) {
      if (table.size() > 0) {
        out.println(title + ":");
        table.print(out);
        out.println(more);
      }
    }

    /** The part of a refusal by which refusals are counted. */
    private record Refusal(
        HostId host,
        @Nullable String disk,
        @Nullable String policy,
        @Nullable String check,
        String reason) {
      static Refusal of(Decision each) {
        String domain = each.domain() == null ? null : each.domain().name();
        String disk = each.vdev() == null ? domain : domain + "/" + each.vdev();
        return new Refusal(each.host(), disk, each.policy(), each.guard(), each.reason());
      }
    }

    private ObjectNode json() {
      ObjectNode root = AsciiJson.document("blkwarden.replay.v1");
      root.put("from", time(report.fromMillis()).toString());
      root.put("to", time(report.toMillis()).toString());
      root.put("took_ms", tookMillis);
      root.put("times_real_time", Math.round(speed()));
      root.put("files", recordings.size());
      root.put("policies_given", report.policiesGiven());
      for (Count each : Count.values()) {
        root.put(each.key(), report.count(each));
      }
      recordings.problems().forEach(root.putArray("faults")::add);
      ASSUMPTIONS.forEach(root.putArray("assumed")::add);
      throttles(root.putArray("replay"), report.replayed());
      throttles(root.putArray("really"), report.recorded());
      ArrayNode differences = root.putArray("differences");
      for (Difference each : report.differences()) {
        differences
            .addObject()
            .put("host", each.host())
            .put("domain", each.domain())
            .put("vdev", each.vdev())
            .put("replay_ms", each.replayedMillis())
            .put("really_ms", each.recordedMillis())
            .put("both_ms", each.bothMillis());
      }
      ArrayNode heldBack = root.putArray("held_back");
      for (Decision each : report.refusals()) {
        heldBack
            .addObject()
            .put("at", each.at().toString())
            .put("host", each.host().value())
            .put("domain", each.domain() == null ? null : each.domain().name())
            .put("vdev", each.vdev())
            .put("policy", each.policy())
            .put("guard", each.guard())
            .put("reason", each.reason());
      }
      return root;
    }

    private static void throttles(ArrayNode array, List<ThrottledPeriod> all) {
      for (ThrottledPeriod each : all) {
        ObjectNode node = array.addObject();
        node.put("host", each.host().value());
        node.put("domain", each.domain().name());
        node.put("uuid", each.domain().uuid().toString());
        node.put("vdev", each.vdev());
        node.put("policy", each.policy());
        node.put("mode", each.mode());
        node.put("from", time(each.fromMillis()).toString());
        node.put("lasted_ms", each.millis());
        each.set().forEach(node.putArray("set")::add);
        node.put("why", each.why());
        node.put("ended", each.ended());
      }
    }

    private static Instant time(long millis) {
      return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS);
    }

    private static String duration(long millis) {
      return DurationText.print(Duration.ofMillis(millis));
    }
  }
}
