package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.files.RecordingFolder;
import io.blkwarden.controller.replay.RecordedFleet;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Replays of recording files. */
final class ReplayCommandTest {
  @TempDir Path folder;
  private Path tapes = Path.of(".");
  private Path policies = Path.of(".");

  @BeforeEach
  void record() throws Exception {
    tapes = Files.createDirectory(folder.resolve("tapes"));
    policies =
        Files.writeString(
            folder.resolve("swap.yaml"),
            """
            policies:
              - name: swap-storm
                mode: auto
                match: { role: swap }
                when: { metric: iops, above: 200, for: 3s, clear_below: 100, clear_for: 3s }
                then: { ladder: [ best-effort/7 ], lease: 1m, alert: warning }
            """);
    RecordedFleet taped = new RecordedFleet("dom0-7");
    taped.seconds(5, 5);
    taped.seconds(10, 800);
    taped.seconds(120, 5);
    try (RecordingFolder recording =
        new RecordingFolder(
            tapes,
            new RecordingFolder.Limits(1 << 20, 4 << 20),
            RecordedFleet.session(1),
            "blkwarden.v1")) {
      for (Entry entry : taped.entries()) {
        recording.add(entry);
      }
    }
  }

  private CommandResult replay(String... more) {
    String[] all = new String[more.length + 4];
    all[0] = "replay";
    all[1] = tapes.toString();
    all[2] = "--policies";
    all[3] = policies.toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return CommandResult.run("", all);
  }

  @Test
  void printsThrottlesAndAssumptions() {
    CommandResult result = replay();

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("136 sample batches and 29 other messages from 1 files")
        .contains(" times real time")
        .contains("Assumptions: agents carry out every command at once")
        .contains("recorded counters do not react")
        .contains("Throttled in the replay (1):")
        .containsPattern("dom0-7 +vm176/xvda2 +swap-storm +auto +2026-11-18T11:06:48Z")
        .contains("Throttled in the recording: none")
        .contains("Difference by disk:");
  }

  @Test
  void truncatedFileAndMissingHeaderAreReported() throws Exception {
    Path file = RecordingFolder.list(tapes).getFirst();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 20);
    }
    Files.createFile(tapes.resolve("blkwarden-20991122T180005.120Z-1f3a9c02-0003.bwrec"));
    CommandResult result = replay();

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("truncated: ", "0003.bwrec: skipped: expected a recording");
  }

  @Test
  void reportAsJson() {
    CommandResult result = replay("--json", "--from", "2026-11-18T11:06:50Z");

    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = AsciiJson.MAPPER.readTree(result.out());
    assertThat(report.get("schema").asString()).isEqualTo("blkwarden.replay.v1");
    assertThat(report.get("from").asString()).isEqualTo("2026-11-18T11:06:50Z");
    JsonNode first = report.get("replay").get(0);
    assertThat(first.get("domain").asString()).isEqualTo("vm176");
    assertThat(first.get("set").get(0).asString()).isEqualTo("best-effort/7");
    assertThat(first.get("lasted_ms").asLong()).isPositive();
    assertThat(report.get("differences").get(0).get("really_ms").asLong()).isZero();
    assertThat(report.get("assumed").size()).isPositive();
  }

  @Test
  void unreadableFilesAreReported() throws Exception {
    Files.writeString(policies, "policies: [ { name: x } ]");
    CommandResult bad = replay();
    assertThat(bad.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(bad.err()).contains("swap.yaml:1");

    Path empty = Files.createDirectory(folder.resolve("empty"));
    Files.writeString(policies, "policies: []");
    CommandResult none =
        CommandResult.run("", "replay", empty.toString(), "--policies", policies.toString());
    assertThat(none.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(none.err()).contains("no recording found");

    CommandResult ruleless = CommandResult.run("", "replay", tapes.toString());
    assertThat(ruleless.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(ruleless.err()).contains("the recording has no policies");
    assertThat(CommandResult.run("", "replay").code()).isEqualTo(ExitCodes.USAGE);
    CommandResult missing =
        CommandResult.run(
            "", "replay", empty.resolve("x").toString(), "--policies", policies.toString());
    assertThat(missing.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(missing.err()).contains("cannot be read");
  }
}
