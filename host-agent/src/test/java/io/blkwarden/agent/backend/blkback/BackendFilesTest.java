package io.blkwarden.agent.backend.blkback;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.MapFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BackendId and BlkbackStatistics. */
final class BackendFilesTest {
  private static final BackendId SWAP = new BackendId(BackendKind.VBD, 1, 51714);
  private static final String STATISTICS = "sys/bus/xen-backend/devices/vbd-1-51714/statistics/";

  private final KernelFiles captured = CapturedTree.files();

  @Test
  void readsACapturedBackend() {
    assertThat(SWAP.device(captured)).isEqualTo(ReadResult.present(new DeviceNumber(253, 1)));
  }

  @Test
  void deviceNumberIsHexadecimal() {
    assertThat(BackendId.parseDevice("fd:c\n"))
        .isEqualTo(ReadResult.present(new DeviceNumber(253, 12)));
    assertThat(BackendId.parseDevice("253,12")).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void missingDeviceIsAbsent() {
    MapFiles files =
        new MapFiles().with("sys/bus/xen-backend/devices/vbd-1-51714/nodename", "backend/vbd\n");
    assertThat(SWAP.device(files)).isInstanceOf(ReadResult.Absent.class);
    assertThat(BlkbackStatistics.bits32(files, SWAP)).isInstanceOf(ReadResult.Absent.class);
    assertThat(BlkbackStatistics.read(files, SWAP, false)).isInstanceOf(ReadResult.Absent.class);
  }

  @ParameterizedTest
  @CsvSource({"vbd-137-51714, VBD", "vbd3-137-51714, VBD3", "qdisk-137-51714, QDISK"})
  void busIdNamesKindDomainAndHandle(String busId, BackendKind kind) {
    BackendId id = new BackendId(kind, 137, 51714);
    assertThat(id.busId()).isEqualTo(busId);
  }

  @Test
  void readsCapturedStatistics() {
    assertThat(statistics(captured))
        .isEqualTo(new BlkbackStatistics(readLong("rd_sect"), readLong("wr_sect"), false));
    assertThat(statistics(captured).readSectors()).isPositive();
  }

  @Test
  void suseCountsIn32BitsWithASign() {
    MapFiles files =
        new MapFiles()
            .with(STATISTICS + "br_req", "7\n")
            .with(STATISTICS + "rd_sect", "-2147483648\n")
            .with(STATISTICS + "wr_sect", "2147483647\n");
    BlkbackStatistics statistics = statistics(files);
    assertThat(statistics).isEqualTo(new BlkbackStatistics(1L << 31, (1L << 31) - 1, true));
  }

  private static BlkbackStatistics statistics(KernelFiles files) {
    return BlkbackStatistics.bits32(files, SWAP)
        .flatMap(bits32 -> BlkbackStatistics.read(files, SWAP, bits32))
        .toOptional()
        .orElseThrow();
  }

  @Test
  void errorNamesTheCounter() {
    MapFiles files = new MapFiles().with(STATISTICS + "rd_sect", "many\n");
    assertThat(BlkbackStatistics.readSectors(files, SWAP).describe())
        .startsWith(STATISTICS + "rd_sect: counter: expected a number from -2^31");
    assertThat(BlkbackStatistics.parseCounter("-2147483649"))
        .isInstanceOf(ReadResult.Malformed.class);
  }

  private long readLong(String name) {
    return Long.parseLong(captured.read(STATISTICS + name).orElse("").strip());
  }
}
