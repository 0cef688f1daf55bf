package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.backend.blkback.BlkbackStatistics;
import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.testing.Given;
import io.blkwarden.testing.Property;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** All parsers return a result for any text and never throw. */
final class ParsersTest {
  private static final List<Function<String, ReadResult<?>>> PARSERS =
      List.of(
          DiskStat::parse,
          IoPressure::parse,
          TaskStat::parse,
          ProcFiles::parseReadBytes,
          KernelRelease::parse,
          ProcFiles::parseBootId,
          ProcFiles::parseUptime,
          QueueScheduler::parse,
          DmName::parse,
          BlockDevice::parseNumber,
          BackendId::parseDevice,
          BlkbackStatistics::parseCounter);

  static final List<String> GOOD =
      List.of(
          " 21043 0 2689088 13516 21130 0 2704640 14576 0 28084 28092 0 0 0 0 0 0\n",
          "some avg10=0.00 avg60=0.01 avg300=0.00 total=220276\nfull avg10=0.00 total=170753\n",
          "564 (1.xvda2-0) S 2 0 0 0 -1 2097216 0 0 0 0 2 823 0 0 20 0 1 0 4159 0 0\n",
          "rchar: 0\nread_bytes: 901853184\nwrite_bytes: 0\n",
          "1.xvda2-0\n",
          "6.1.0-50-amd64\n",
          "6303de50-65c9-4e07-bf01-2d68cf7449e7\n",
          "152.60 190.43\n",
          "[none] mq-deadline \n",
          "vg--a-lv\\x20b-real",
          "253:1\n",
          "fd:c\n",
          "-2147483648\n");

  @Test
  void arbitraryTextNeverThrows() {
    Property.check(
        300,
        given -> {
          String text = given.text();
          expectAnswers(text);
        });
  }

  @Test
  void mutatedTextNeverThrows() {
    Property.check(
        1_000,
        given -> {
          String text = changed(given);
          expectAnswers(text);
        });
  }

  @Test
  void arbitraryDiskstatsNeverThrow() {
    Property.check(
        300,
        given -> {
          String text = changed(given);
          MapFiles files = new MapFiles().with(DiskStats.PATH, text);
          int valid = new DiskStats().read(files).toOptional().orElseThrow();
          assertThat(valid).isBetween(0, (int) text.lines().count());
        });
  }

  @Test
  void repeatedReadsEqualASingleRead() {
    Property.check(
        300,
        given -> {
          List<String> oneAfterTheOther = given.list(2, 6, () -> listing(given));
          DiskStats again = new DiskStats();
          for (String text : oneAfterTheOther) {
            MapFiles files = new MapFiles().with(DiskStats.PATH, text);
            DiskStats alone = new DiskStats();

            assertThat(again.read(files)).isEqualTo(alone.read(files));

            for (int minor = 0; minor < 6; minor++) {
              assertThat(again.of(253, minor)).as("253:%d", minor).isEqualTo(alone.of(253, minor));
            }
          }
        });
  }

  /** Random lines of a few devices, valid or malformed. */
  private static String listing(Given given) {
    StringBuilder lines = new StringBuilder();
    for (int minor = 0; minor < 6; minor++) {
      int kind = given.between(0, 4);
      String counters = kind == 4 ? "1 2" : "7 0 56 3 %d 0 8 1 0 4 4".formatted(kind);
      lines.append(kind == 0 ? "" : " 253 %d dm-%d %s\n".formatted(minor, minor, counters));
    }
    return lines.toString();
  }

  static void expectAnswers(String text) {
    for (Function<String, ReadResult<?>> parser : PARSERS) {
      ReadResult<?> reading = parser.apply(text);
      assertThat(reading).isInstanceOfAny(ReadResult.Present.class, ReadResult.Malformed.class);
      assertThat(reading.describe()).isNotNull();
    }
    BlkbackName.parse(text).ifPresent(name -> assertThat(name.comm()).isEqualTo(text));
  }

  /** A valid text with a random part replaced. */
  private static String changed(Given given) {
    String good = given.oneOf(GOOD);
    int at = given.between(0, good.length());
    int to = given.between(at, good.length());
    String piece = given.text("0123456789 -:.()[]\n\\x=", 0, 25);
    return good.substring(0, at) + piece + good.substring(to);
  }
}
