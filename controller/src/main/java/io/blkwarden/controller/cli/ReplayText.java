package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.recording.files.RecordingSet;
import io.blkwarden.controller.replay.ReplayReport;
import io.blkwarden.controller.replay.ThrottledPeriod;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints a replay report as text or JSON. */
final class ReplayText {
  private static final List<String> ASSUMPTIONS =
      List.of(
          "agents carry out every command at once; refusals by real agents are unknown",
          "recorded counters do not react to replayed throttles, so a step without effect here may"
              + " have had one",
          "proposals are never approved, and operator requests count only as recorded");

  private final PrintWriter out;
  private final ReplayReport report;
  private final RecordingSet recordings;
  private final List<String> problems;
  private final long tookMillis;

  ReplayText(
      PrintWriter out,
      ReplayReport report,
      RecordingSet recordings,
      List<String> problems,
      long tookMillis) {
    this.out = out;
    this.report = report;
    this.recordings = recordings;
    this.problems = problems;
    this.tookMillis = tookMillis;
  }

  void print(boolean json) {
    if (json) {
      out.println(AsciiJson.MAPPER.writeValueAsString(json()));
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
        report.samples(),
        report.others(),
        recordings.size(),
        tookMillis / 1_000.0,
        speed());
    out.println(
        report.policiesGiven()
            ? "Policies: from --policies; the recording has %d versions of its own"
                .formatted(report.policyVersions())
            : "Policies: from the recording, %d versions".formatted(report.policyVersions()));
    problems();
    out.println("Assumptions: " + String.join("; ", ASSUMPTIONS) + ".");
    out.println();
    throttles("Throttled in the replay", report.replayed());
    throttles("Throttled in the recording", report.recorded());
    differences();
    refusals();
    out.printf(
        "%d alerts and %d commands in the replay; %d commands in the recording%n",
        report.alerts(), report.commands(), report.recordedCommands());
  }

  private double speed() {
    return (report.toMillis() - report.fromMillis()) / (double) tookMillis;
  }

  private void problems() {
    problems.forEach(problem -> out.println("! " + Printable.of(problem)));
    if (report.samplesMissing() + report.othersMissing() + report.interruptions() > 0) {
      out.printf(
          "! the recording lacks %d sample batches and %d other messages; %d disconnections%n",
          report.samplesMissing(), report.othersMissing(), report.interruptions());
    }
    if (report.unreadable() > 0) {
      out.printf("! %d unreadable messages skipped%n", report.unreadable());
    }
    if (report.omitted() > 0) {
      out.printf("! %d more throttles omitted%n", report.omitted());
    }
  }

  private void throttles(String title, List<ThrottledPeriod> all) {
    if (all.isEmpty()) {
      out.println(title + ": none");
      out.println();
      return;
    }
    out.printf("%s (%d):%n", title, all.size());
    Table table = new Table("HOST", "DISK", "POLICY", "MODE", "FROM", "DURATION", "SET", "ENDED");
    for (ThrottledPeriod each : all) {
      table.row(
          List.of(
              each.host().value(),
              each.domain().name() + "/" + each.vdev(),
              Objects.requireNonNullElse(each.policy(), "-"),
              each.mode(),
              time(each.fromMillis()).toString(),
              duration(each.millis()),
              String.join(", ", each.set()),
              Objects.requireNonNullElse(each.ended(), "active")));
    }
    table.print(out);
    out.println();
  }

  private void differences() {
    List<ReplayReport.Difference> all = report.differences();
    if (all.isEmpty()) {
      return;
    }
    out.println("Difference by disk:");
    Table table = new Table("HOST", "DISK", "REPLAY", "RECORDING", "BOTH");
    for (ReplayReport.Difference each : all) {
      table.row(
          List.of(
              each.host(),
              each.domain() + "/" + each.vdev(),
              duration(each.replayedMillis()),
              duration(each.recordedMillis()),
              duration(each.bothMillis())));
    }
    table.print(out);
    out.println();
  }

  private void refusals() {
    if (report.refusals().isEmpty()) {
      return;
    }
    Map<List<String>, Integer> counts = new LinkedHashMap<>();
    for (Decision each : report.refusals()) {
      counts.merge(row(each), 1, Integer::sum);
    }
    out.println("Refused by safety checks:");
    Table table = new Table("COUNT", "HOST", "DISK", "POLICY", "CHECK", "REASON");
    counts.forEach((row, count) -> {
      List<String> cells = new ArrayList<>(row);
      cells.addFirst(String.valueOf(count));
      table.row(cells);
    });
    table.print(out);
    if (report.moreRefusals() > 0) {
      out.printf("and %d more%n", report.moreRefusals());
    }
    out.println();
  }

  private static List<String> row(Decision each) {
    String domain = each.domain() == null ? "-" : each.domain().name();
    return List.of(
        each.host().value(),
        each.vdev() == null ? domain : domain + "/" + each.vdev(),
        Objects.requireNonNullElse(each.policy(), "-"),
        Objects.requireNonNullElse(each.guard(), "-"),
        each.reason());
  }

  private ObjectNode json() {
    ObjectNode root = AsciiJson.MAPPER.createObjectNode();
    root.put("schema", "blkwarden.replay.v1");
    root.put("from", time(report.fromMillis()).toString());
    root.put("to", time(report.toMillis()).toString());
    root.put("took_ms", tookMillis);
    root.put("times_real_time", Math.round(speed()));
    root.put("files", recordings.size());
    root.put("samples", report.samples());
    root.put("others", report.others());
    root.put("unread", report.unreadable());
    root.put("samples_missing", report.samplesMissing());
    root.put("others_missing", report.othersMissing());
    root.put("interruptions", report.interruptions());
    root.put("left_out", report.omitted());
    root.put("policies_given", report.policiesGiven());
    root.put("policy_versions", report.policyVersions());
    problems.forEach(root.putArray("faults")::add);
    ASSUMPTIONS.forEach(root.putArray("assumed")::add);
    throttles(root.putArray("replay"), report.replayed());
    throttles(root.putArray("really"), report.recorded());
    ArrayNode differences = root.putArray("differences");
    for (ReplayReport.Difference each : report.differences()) {
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
    root.put("alerts", report.alerts());
    root.put("commands", report.commands());
    root.put("commands_really", report.recordedCommands());
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
