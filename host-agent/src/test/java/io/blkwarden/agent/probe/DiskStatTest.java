package io.blkwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.probe.DiskStat.Flushes;
import io.blkwarden.agent.probe.DiskStat.Transfers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiskStatTest {
  private static final String ELEVEN = "1 2 3 4 5 6 7 8 9 10 11";

  @Test
  void readsACapturedVolume() {
    DiskStat expected =
        new DiskStat(
            new Transfers(21043, 0, 2689088, 13516),
            new Transfers(21130, 0, 2704640, 14576),
            0,
            28084,
            28092,
            new Transfers(0, 0, 0, 0),
            new Flushes(0, 0));
    KernelFiles files = CapturedTree.files();
    assertThat(DiskStat.read(files, "sys/block/dm-1/stat", new FileBytes(1024)))
        .isEqualTo(Reading.present(expected));
  }

  @Test
  void aDiskThatIsGoneIsAbsent() {
    String path = "sys/block/dm-99/stat";
    assertThat(DiskStat.read(CapturedTree.files(), path, new FileBytes(1024)))
        .isEqualTo(Reading.absent(path));
  }

  @Test
  void olderKernelsCountNeitherDiscardsNorFlushes() {
    DiskStat stat = parsed(ELEVEN);
    assertThat(stat.reads()).isEqualTo(new Transfers(1, 2, 3, 4));
    assertThat(stat.writes()).isEqualTo(new Transfers(5, 6, 7, 8));
    assertThat(List.of(stat.inFlight(), stat.ioMillis(), stat.queueMillis()))
        .containsExactly(9L, 10L, 11L);
    assertThat(stat.discards()).isNull();
    assertThat(stat.flushes()).isNull();
  }

  @Test
  void discardsCameBeforeFlushes() {
    DiskStat stat = parsed(ELEVEN + " 12 13 14 15");
    assertThat(stat.discards()).isEqualTo(new Transfers(12, 13, 14, 15));
    assertThat(stat.flushes()).isNull();
    assertThat(parsed(ELEVEN + " 12 13 14 15 16 17").flushes()).isEqualTo(new Flushes(16, 17));
  }

  @Test
  void columnsOfALaterKernelAreLeftAlone() {
    assertThat(parsed(ELEVEN + " 12 13 14 15 16 17 what 19"))
        .isEqualTo(parsed(ELEVEN + " 12 13 14 15 16 17"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 2 3", ELEVEN + " 12", ELEVEN + " 12 13 14 15 16"})
  void anotherNumberOfColumnsIsMalformed(String text) {
    assertThat(DiskStat.parse(text).describe()).contains("expected 11, 15, 17 or more columns");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-3", "x", "9223372036854775808", "1.5"})
  void aColumnThatIsNoCounterIsNamed(String bad) {
    assertThat(DiskStat.parse("1 2 " + bad + " 4 5 6 7 8 9 10 11"))
        .isEqualTo(Reading.malformed("column 3", "a number from 0 to 2^63-1", bad));
  }

  @Test
  void diskstatsHasTheSameCountersForEachDevice() {
    List<String> visited = new ArrayList<>();
    Reading<DiskStats> result =
        DiskStats.read(
            CapturedTree.files(),
            new FileBytes(DiskStats.BUFFER_LIMIT_BYTES),
            (major, minor, stat) ->
                visited.add(major + ":" + minor + " " + stat.reads().sectors()));
    assertThat(visited)
        .containsExactly(
            "254:0 145866",
            "254:16 3625400",
            "253:0 2728",
            "253:1 1824960",
            "253:2 2720",
            "253:3 1781952");
    assertThat(result.map(DiskStats::devices)).isEqualTo(Reading.present(6));
    assertThat(result.map(DiskStats::faults)).isEqualTo(Reading.present(0));
  }

  @Test
  void aBadLineOfDiskstatsDoesNotStopTheOthers() {
    FileBytes file = new FileBytes(1024);
    assertThat(
            file.set(
                " 8 0 sda "
                    + ELEVEN
                    + "\n 8 nonsense\n 9999 0 x "
                    + ELEVEN
                    + "\n 8 1 sda1 1 2\n"
                    + " 8 16 sdb "
                    + ELEVEN))
        .isTrue();
    List<Integer> minors = new ArrayList<>();
    DiskStats result = DiskStats.scan(file, (major, minor, stat) -> minors.add(minor));
    assertThat(minors).containsExactly(0, 16);
    assertThat(result.faults()).isEqualTo(3);
    assertThat(result.firstFault())
        .contains("proc/diskstats line 2: expected a minor number, found 'nonsense'");
  }

  @Test
  void millisecondsWrapAfter32Bits() {
    assertThat(CounterWidth.BITS_32.since(0xFFFF_FFF0L, 0x10)).isEqualTo(0x20);
    assertThat(CounterWidth.BITS_32.since(5, 9)).isEqualTo(4);
    assertThat(CounterWidth.BITS_64.since(5, 9)).isEqualTo(4);
  }

  private static DiskStat parsed(String text) {
    return DiskStat.parse(text).toOptional().orElseThrow();
  }
}
