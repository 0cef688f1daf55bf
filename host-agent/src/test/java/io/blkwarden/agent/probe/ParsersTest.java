package io.blkwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What all parsers keep: whatever the text, they give an answer and throw nothing. */
final class ParsersTest {
  private static final List<Function<String, Reading<?>>> PARSERS =
      List.of(
          DiskStat::parse,
          IoPressure::parse,
          TaskStat::parse,
          TaskIo::parse,
          KernelRelease::parse,
          BootId::parse,
          Uptime::parse,
          QueueScheduler::parse,
          DmName::parse,
          BlockDevice::parseNumber,
          BackendDevice::parseDevice,
          BackendStatistics::parseCounter);

  private static final List<String> GOOD =
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

  @Property(tries = 300)
  void anyTextGivesAnAnswer(@ForAll String text) {
    expectAnswers(text);
  }

  @Property(tries = 1000)
  void anyChangeOfGoodTextGivesAnAnswer(@ForAll("changed") String text) {
    expectAnswers(text);
  }

  @Property(tries = 300)
  void anyBytesOfDiskstatsGiveAnAnswer(@ForAll("changed") String text) {
    MapFiles files = new MapFiles().with(DiskStats.PATH, text);
    DiskStats.Found found = new DiskStats().read(files).toOptional().orElseThrow();
    assertThat(found.faults() + found.devices()).isEqualTo((int) text.lines().count());
  }

  @Property(tries = 300)
  void diskstatsReadAgainSaysWhatItSaysReadAlone(
      @ForAll("listings") List<String> oneAfterTheOther) {
    DiskStats again = new DiskStats();
    for (String text : oneAfterTheOther) {
      MapFiles files = new MapFiles().with(DiskStats.PATH, text);
      DiskStats alone = new DiskStats();

      assertThat(again.read(files)).isEqualTo(alone.read(files));

      for (int minor = 0; minor < 6; minor++) {
        assertThat(again.of(253, minor)).as("253:%d", minor).isEqualTo(alone.of(253, minor));
      }
    }
  }

  /** A few devices that come, go, count, rest, or cannot be read. */
  @Provide
  Arbitrary<List<String>> listings() {
    Arbitrary<String> listing =
        Arbitraries.integers()
            .between(0, 4)
            .list()
            .ofSize(6)
            .map(kinds -> {
              StringBuilder lines = new StringBuilder();
              for (int minor = 0; minor < kinds.size(); minor++) {
                int kind = kinds.get(minor);
                String counters = kind == 4 ? "1 2" : "7 0 56 3 %d 0 8 1 0 4 4".formatted(kind);
                lines.append(
                    kind == 0 ? "" : " 253 %d dm-%d %s\n".formatted(minor, minor, counters));
              }
              return lines.toString();
            });
    return listing.list().ofMinSize(2).ofMaxSize(6);
  }

  private static void expectAnswers(String text) {
    for (Function<String, Reading<?>> parser : PARSERS) {
      Reading<?> reading = parser.apply(text);
      assertThat(reading).isInstanceOfAny(Reading.Present.class, Reading.Malformed.class);
      assertThat(reading.describe()).isNotNull();
    }
    BlkbackName.parse(text)
        .ifPresent(name -> assertThat(name.comm()).isEqualTo(text).contains("." + name.device()));
    BackendId.parse(text).ifPresent(id -> assertThat(id.domid()).isNotNegative());
  }

  /** A text that a parser likes, with a piece replaced, dropped, or put twice. */
  @Provide
  Arbitrary<String> changed() {
    Arbitrary<String> piece =
        Arbitraries.strings().withChars("0123456789 -:.()[]\n\\x=").ofMaxLength(25);
    return Arbitraries.of(GOOD)
        .flatMap(good ->
            Arbitraries.integers()
                .between(0, good.length())
                .flatMap(at ->
                    Arbitraries.integers()
                        .between(at, good.length())
                        .flatMap(to ->
                            piece.map(text -> good.substring(0, at) + text + good.substring(to)))));
  }
}
