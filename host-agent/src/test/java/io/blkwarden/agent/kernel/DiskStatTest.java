package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.kernel.DiskStat.Flushes;
import io.blkwarden.agent.kernel.DiskStat.Transfers;
import java.util.List;
import java.util.Objects;
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
            0L,
            28084,
            28092,
            new Transfers(0, 0, 0, 0),
            new Flushes(0, 0));
    KernelFiles files = CapturedTree.files();
    assertThat(DiskStat.read(files, "sys/block/dm-1/stat", new FileBytes(1024)))
        .isEqualTo(ReadResult.present(expected));
  }

  @Test
  void removedDiskIsAbsent() {
    String path = "sys/block/dm-99/stat";
    assertThat(DiskStat.read(CapturedTree.files(), path, new FileBytes(1024)))
        .isEqualTo(ReadResult.absent(path));
  }

  @Test
  void olderKernelsLackDiscardsAndFlushes() {
    DiskStat stat = parsed(ELEVEN);
    assertThat(stat.reads()).isEqualTo(new Transfers(1, 2, 3, 4));
    assertThat(stat.writes()).isEqualTo(new Transfers(5, 6, 7, 8));
    assertThat(List.of(stat.inFlight(), stat.ioMillis(), stat.queueMillis()))
        .containsExactly(9L, 10L, 11L);
    assertThat(stat.discards()).isEqualTo(new Transfers(0, 0, 0, 0));
    assertThat(stat.flushes()).isEqualTo(new Flushes(0, 0));
  }

  @Test
  void kernelsWithDiscardsOnly() {
    DiskStat stat = parsed(ELEVEN + " 12 13 14 15");
    assertThat(stat.discards()).isEqualTo(new Transfers(12, 13, 14, 15));
    assertThat(stat.flushes()).isEqualTo(new Flushes(0, 0));
    assertThat(parsed(ELEVEN + " 12 13 14 15 16 17").flushes()).isEqualTo(new Flushes(16, 17));
  }

  @Test
  void additionalColumnsAreIgnored() {
    assertThat(parsed(ELEVEN + " 12 13 14 15 16 17 what 19"))
        .isEqualTo(parsed(ELEVEN + " 12 13 14 15 16 17"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 2 3", ELEVEN + " 12", ELEVEN + " 12 13 14 15 16"})
  void otherColumnCountsAreMalformed(String text) {
    assertThat(DiskStat.parse(text).describe()).contains("expected 11, 15, 17 or more columns");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-3", "x", "9223372036854775808", "1.5"})
  void errorNamesTheInvalidColumn(String bad) {
    assertThat(DiskStat.parse("1 2 " + bad + " 4 5 6 7 8 9 10 11"))
        .isEqualTo(ReadResult.malformed("column 3", "a number from 0 to 2^63-1", bad));
  }

  @Test
  void diskstatsEqualsStatOfEachDevice() {
    DiskStats stats = new DiskStats();
    assertThat(stats.read(CapturedTree.files())).isEqualTo(ReadResult.present(6));
    assertThat(sectors(stats, 254, 0)).isEqualTo(145_866);
    assertThat(sectors(stats, 254, 16)).isEqualTo(3_625_400);
    assertThat(sectors(stats, 253, 0)).isEqualTo(2_728);
    assertThat(sectors(stats, 253, 1)).isEqualTo(1_824_960);
    assertThat(sectors(stats, 253, 2)).isEqualTo(2_720);
    assertThat(sectors(stats, 253, 3)).isEqualTo(1_781_952);
    assertThat(stats.of(253, 4)).isNull();
  }

  private static long sectors(DiskStats stats, int major, int minor) {
    return Objects.requireNonNull(stats.of(major, minor)).reads().sectors();
  }

  @Test
  void malformedLineDoesNotAffectOthers() {
    DiskStats stats = new DiskStats();
    ReadResult<Integer> valid =
        stats.read(
            new MapFiles()
                .with(
                    DiskStats.PATH,
                    " 8 0 sda "
                        + ELEVEN
                        + "\n 8 nonsense\n 9999 0 x "
                        + ELEVEN
                        + "\n 8 1 sda1 1 2\n"
                        + " 8 16 sdb "
                        + ELEVEN));
    assertThat(valid).isEqualTo(ReadResult.present(2));
    assertThat(stats.of(8, 0)).isNotNull();
    assertThat(stats.of(8, 1)).isNull();
    assertThat(stats.of(8, 16)).isNotNull();
  }

  @Test
  void idleDeviceKeepsItsInstance() {
    DiskStats stats = new DiskStats();
    stats.read(listing(" 8 0 sda " + ELEVEN, " 8 16 sdb " + ELEVEN));
    DiskStat idle = stats.of(8, 0);
    DiskStat busy = stats.of(8, 16);

    stats.read(listing(" 8 0 sda " + ELEVEN, " 8 16 sdb 9" + ELEVEN));

    assertThat(stats.of(8, 0)).isSameAs(idle);
    assertThat(stats.of(8, 16)).isNotEqualTo(busy);
  }

  @Test
  void unlistedDeviceHasNoCounters() {
    DiskStats stats = new DiskStats();
    stats.read(listing(" 8 0 sda " + ELEVEN, " 8 16 sdb " + ELEVEN));

    stats.read(listing(" 8 16 sdb " + ELEVEN));
    assertThat(stats.of(8, 0)).isNull();
    assertThat(stats.of(8, 16)).isNotNull();

    assertThat(stats.read(new MapFiles()).isPresent()).isFalse();
    assertThat(stats.of(8, 16)).isNull();

    stats.read(listing(" 8 0 sda " + ELEVEN, " 8 16 sdb " + ELEVEN));
    assertThat(stats.of(8, 0)).isNotNull();
    assertThat(stats.of(8, 16)).isNotNull();
  }

  private static MapFiles listing(String... lines) {
    return new MapFiles().with(DiskStats.PATH, String.join("\n", lines) + "\n");
  }

  private static DiskStat parsed(String text) {
    return DiskStat.parse(text).toOptional().orElseThrow();
  }

  /** The kernel's count of requests in flight falls below 0 on some devices (dm, before 5.0). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "4294967295",
        "4294967290",
        "-1",
        "-17",
        "2147483648",
        "9223372036854775807",
        "18446744073709551615",
        "18446744073709551600"
      })
  void implausibleInFlightIsUnknown(String inFlight) {
    ReadResult<DiskStat> read = DiskStat.parse("1 2 3 4 5 6 7 8 " + inFlight + " 10 11");
    assertThat(read).isInstanceOf(ReadResult.Present.class);
    DiskStat stat = read.toOptional().orElseThrow();
    assertThat(stat.inFlight()).isNull();
    assertThat(stat.isIdle()).isFalse();
    assertThat(stat.ioMillis()).isEqualTo(10);
    assertThat(stat.writes().ios()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 2 3 -4 5 6 7 8 9 10 11",
        "1 2 3 4 5 6 7 8 - 10 11",
        "1 2 3 4 5 6 7 8 -1x 10 11",
        "1 2 3 4 5 6 7 8 184467440737095516150 10 11",
        "1 2 3 4 5 6 7 8 9 18446744073709551615 11"
      })
  void outOfRangeNumbersElsewhereAreMalformed(String text) {
    assertThat(DiskStat.parse(text)).isInstanceOf(ReadResult.Malformed.class);
  }
}
