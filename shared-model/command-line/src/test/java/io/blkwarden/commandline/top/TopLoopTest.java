package io.blkwarden.commandline.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.commandline.Tty;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Output without a terminal. */
final class TopLoopTest {
  private static final TopRound ROUND = Disks.round(Disks.STALE, Disks.DATA, Disks.SWAP);

  @Command(name = "top")
  static final class Top {
    @Mixin TopOptions options = new TopOptions();
  }

  private static TopOptions options(String... words) {
    Top top = new Top();
    new CommandLine(top).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
    top.options.check();
    return top.options;
  }

  private static List<String> printed(String... words) throws IOException {
    StringWriter out = new StringWriter();
    new TopLoop(options(words), true, null, new PrintWriter(out), Tty.NONE, System::nanoTime)
        .run(() -> ROUND);
    return out.toString().lines().toList();
  }

  @Test
  void printsATablePerInterval() throws IOException {
    List<String> printed =
        printed("--count=2", "--interval=100ms", "--sort=iops", "--filter=dom0-7");
    assertThat(printed).hasSize(9);
    assertThat(printed.get(2)).startsWith("*dom0-7  vm176");
    assertThat(printed.get(3)).startsWith(" dom0-7  vm41");
    assertThat(printed.get(4)).isEmpty();
    assertThat(printed.subList(5, 9)).isEqualTo(printed.subList(0, 4));
  }

  @Test
  void printsAJsonObjectPerInterval() throws IOException {
    List<String> printed = printed("--json", "--count=2", "--interval=100ms", "--rows=2");
    assertThat(printed).hasSize(2);
    JsonNode object = JsonMapper.builder().build().readTree(printed.getFirst());
    assertThat(object.path("schema").asString()).isEqualTo("blkwarden.top.v1");
    assertThat(object.path("disks_total").asInt()).isEqualTo(3);
    assertThat(object.path("disks")).hasSize(2);
    JsonNode worst = object.path("disks").path(0);
    assertThat(worst.path("threads").path(0).asString()).isEqualTo("137.xvda2-0[27444]");
    assertThat(worst.path("bytes_per_s").asDouble()).isEqualTo(3_327_590);
    assertThat(worst.path("read_iops").asDouble()).isEqualTo(512.4);
    assertThat(worst.path("total").isMissingNode()).isTrue();
    assertThat(worst.path("throttle").asString()).isEqualTo("idle 4m 10s");

    String stale = printed("--json", "--count=1", "--interval=100ms", "--filter=库").getFirst();
    assertThat(stale).as("safe for terminals").matches("\\p{ASCII}*");
    JsonNode unknown = JsonMapper.builder().build().readTree(stale).path("disks").path(0);
    assertThat(unknown.path("domain").asString()).isEqualTo("数据库");
    for (String number : List.of("in_flight", "read_iops", "iops", "util", "pain_ms", "throttle")) {
      assertThat(unknown.path(number).isNull()).as(number).isTrue();
    }
  }

  @Test
  void showsTotals() throws IOException {
    String line = printed("--json", "-a", "--count=1", "--interval=100ms").getFirst();
    JsonNode disk = JsonMapper.builder().build().readTree(line).path("disks").path(0);
    JsonNode total = disk.path("total");
    assertThat(total.path("reads").asLong()).isEqualTo(51_240);
    assertThat(total.path("write_bytes").asLong()).isEqualTo(123_043_800);
    assertThat(printed("-a", "--count=1", "--interval=100ms", "--sort=rbytes").get(1))
        .contains("READS  WRITES  RBYTESv");
  }

  @Test
  void endsWhenTheOutputIsClosed() throws IOException {
    AtomicInteger looks = new AtomicInteger();
    Writer closed =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    TopOptions options = options("--interval=100ms");
    new TopLoop(options, true, null, new PrintWriter(closed), Tty.NONE, System::nanoTime)
        .run(() -> {
          looks.incrementAndGet();
          return ROUND;
        });
    assertThat(looks).hasValue(1);
  }

  @Test
  void reportsValuesOutOfRange() {
    assertThatThrownBy(() -> options("--count=0"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("--count: expected 1 or more, found 0");
    assertThatThrownBy(() -> options("--interval=2h")).hasMessageContaining("100ms to 1h");
    assertThatThrownBy(() -> options("--rows=-1")).hasMessageContaining("0 or more");
    assertThatThrownBy(() -> options("--filter=" + "x".repeat(65))).hasMessageContaining("at most");
    assertThatThrownBy(() -> options("--sort=age")).hasMessageContaining("util, share, score");
  }
}
