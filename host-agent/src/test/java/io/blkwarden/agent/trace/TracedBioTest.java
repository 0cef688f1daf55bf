package io.blkwarden.agent.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.xenstore.Captured;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.testing.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TracedBioTest {
  private static final String TAIL = ": block_bio_queue: 253,1 WS 54784 + 128 [1.xvda2-0]";

  @Test
  void readsTheCapturedTrace() {
    BioBatch batch = BioBatch.parse(Captured.text("block_bio_queue.trace.txt"), 1_000, 0);

    assertThat(batch.bios()).hasSize(388);
    assertThat(batch.skippedLines()).isZero();
    assertThat(batch.cut()).isFalse();
    assertThat(batch.bios().getFirst())
        .isEqualTo(new TracedBio(627, "1.xvda2-0", new DeviceNumber(253, 1), 128, "WS"));
    // a process that was named sh when it submitted, and date when the trace was read
    assertThat(batch.bios()).contains(new TracedBio(706, "sh", new DeviceNumber(254, 0), 32, "RA"));
  }

  @Test
  void ignoresCommentsOfOverruns() {
    BioBatch batch = BioBatch.parse(Captured.text("trace-overrun.txt"), 1_000, 0);

    assertThat(batch.bios()).extracting(TracedBio::pid).contains(650, 627);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"       1.xvda2-0-627     [001] .....    82.195742\" | 627",
        "\"       1.xvda2-0-627   [001] d..1    82.195742\" | 627",
        "\"       1.xvda2-0-627   [001]    82.195742\" | 627",
        "\"       1.xvda2-0-627     (-----) [001] .....    82.195742\" | 627",
        "\"       1.xvda2-0-627     (    627) [001] .....    82.195742\" | 627",
        "\"           <...>-12345   [127] dNh4.  1282.195742\" | 12345",
        "\"    xvd 3 fd:0c-4711    [000] .....    82.195742\" | 4711",
        "\"   a-1 [000] .x-99      [000] .....    82.195742\" | 99",
      })
  void takesThePidBehindTheLastHyphen(String head, int pid) {
    assertThat(TracedBio.parse(head + TAIL))
        .contains(new TracedBio(pid, "1.xvda2-0", new DeviceNumber(253, 1), 128, "WS"));
  }

  @Test
  void parsesNamesWithBracketsAndSpaces() {
    String line =
        "    x-1 [000] y-9  [000] .....  1.5: block_bio_queue: 8,0 FWS 0 + 0 [x-1 [000] y]";

    assertThat(TracedBio.parse(line))
        .contains(new TracedBio(9, "x-1 [000] y", new DeviceNumber(8, 0), 0, "FWS"));
  }

  @Test
  void countsInvalidAndExcessLines() {
    String line = "   1.xvda2-0-627     [001] .....    82.195742" + TAIL + "\n";
    BioBatch batch = BioBatch.parse("# tracer: nop\n\n" + line + "CPU:1 [LOST 13 EVENTS]\n", 9, 4);
    assertThat(batch.bios()).hasSize(1);
    assertThat(batch.skippedLines()).isEqualTo(1);
    assertThat(batch.overruns()).isEqualTo(4);
    assertThat(batch.cut()).isFalse();

    assertThat(BioBatch.parse(line + line + line, 2, 0).bios()).hasSize(2);
    assertThat(BioBatch.parse(line + line + line, 2, 0).cut()).isTrue();
    BioBatch half = BioBatch.parse(line + line.substring(0, 20), 9, 0);
    assertThat(half.bios()).hasSize(1);
    assertThat(half.cut()).isTrue();
    assertThat(half.skippedLines()).isZero();
  }

  @Test
  void refusesInvalidNumbers() {
    assertThat(TracedBio.parse("   a-1  [001] .....  1.5: block_bio_queue: 4096,1 W 0 + 8 [a]"))
        .isEmpty();
    assertThat(
            TracedBio.parse("   a-9999999999  [001] ..... 1.5: block_bio_queue: 8,1 W 0 + 8 [a]"))
        .isEmpty();
  }

  @Test
  void neverThrows() {
    Property.check(
        1_000,
        given -> {
          String line = given.text();
          assertThat(TracedBio.parse(line)).isNotNull();
          assertThat(TracedBio.parse("   " + line + "-1  [001] .....  1.5" + TAIL)).isNotNull();
          assertThat(BioBatch.parse(line, 10, 0)).isNotNull();
        });
  }
}
