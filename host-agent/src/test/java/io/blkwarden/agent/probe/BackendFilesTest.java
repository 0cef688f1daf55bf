package io.blkwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BackendId, BackendDevice and BackendStatistics. */
final class BackendFilesTest {
  private static final BackendId SWAP = new BackendId(BackendKind.VBD, 1, 51714);
  private static final String STATISTICS = "sys/bus/xen-backend/devices/vbd-1-51714/statistics/";

  private final KernelFiles captured = CapturedTree.files();

  @Test
  void readsACapturedBackend() {
    assertThat(BackendDevice.read(captured, SWAP))
        .isEqualTo(Reading.present(new BackendDevice(SWAP, new DeviceNumber(253, 1), "w")));
  }

  @Test
  void theDeviceNumberIsHexadecimal() {
    assertThat(BackendDevice.parseDevice("fd:c\n"))
        .isEqualTo(Reading.present(new DeviceNumber(253, 12)));
    assertThat(BackendDevice.parseDevice("253,12")).isInstanceOf(Reading.Malformed.class);
  }

  @Test
  void aBackendWithoutADeviceYetIsAbsent() {
    MapFiles files =
        new MapFiles().with("sys/bus/xen-backend/devices/vbd-1-51714/nodename", "backend/vbd\n");
    assertThat(BackendDevice.read(files, SWAP)).isInstanceOf(Reading.Absent.class);
    assertThat(BackendStatistics.read(files, SWAP)).isInstanceOf(Reading.Absent.class);
  }

  @ParameterizedTest
  @CsvSource({"vbd-137-51714, VBD", "vbd3-137-51714, VBD3", "qdisk-137-51714, QDISK"})
  void namesComeAndGo(String busId, BackendKind kind) {
    BackendId id = new BackendId(kind, 137, 51714);
    assertThat(BackendId.parse(busId)).contains(id);
    assertThat(id.busId()).isEqualTo(busId);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"vif-1-0", "console-1-0", "vbd", "vbd-1", "vbd-1-x", "vbd--1-1", "vbd4-1-1", ""})
  void otherNamesAreNoDisks(String busId) {
    assertThat(BackendId.parse(busId)).isEmpty();
  }

  @Test
  void readsCapturedStatistics() {
    BackendStatistics statistics =
        BackendStatistics.read(captured, SWAP).toOptional().orElseThrow();
    assertThat(statistics.discardRequests()).contains(0L);
    assertThat(statistics.barrierRequests()).isEmpty();
    assertThat(statistics.width()).isEqualTo(CounterWidth.BITS_64);
    assertThat(statistics.readSectors()).isEqualTo(readLong("rd_sect"));
    assertThat(statistics.readRequests()).isEqualTo(readLong("rd_req"));
    assertThat(statistics.writeSectors()).isEqualTo(readLong("wr_sect"));
    assertThat(statistics.writeRequests()).isEqualTo(readLong("wr_req"));
    assertThat(statistics.readSectors()).isGreaterThan(statistics.readRequests());
  }

  @Test
  void suseCountsIn32BitsWithASign() {
    MapFiles files = new MapFiles();
    for (String name : List.of("oo_req", "wr_req", "wr_sect", "br_req", "fl_req")) {
      files.with(STATISTICS + name, "7\n");
    }
    files.with(STATISTICS + "rd_req", "2147483647\n").with(STATISTICS + "rd_sect", "-2147483648\n");
    BackendStatistics statistics = BackendStatistics.read(files, SWAP).toOptional().orElseThrow();
    assertThat(statistics.width()).isEqualTo(CounterWidth.BITS_32);
    assertThat(statistics.readSectors()).isEqualTo(1L << 31);
    assertThat(statistics.width().since(statistics.readRequests(), statistics.readSectors()))
        .isEqualTo(1);
    assertThat(statistics.barrierRequests()).isEqualTo(Optional.of(7L));
    assertThat(statistics.discardRequests()).isEmpty();
    assertThat(statistics.flushRequests()).isEqualTo(7);
  }

  @Test
  void aCounterThatIsNoneIsNamed() {
    MapFiles files = new MapFiles().with(STATISTICS + "rd_sect", "many\n");
    assertThat(BackendStatistics.readSectors(files, SWAP).describe())
        .startsWith(STATISTICS + "rd_sect: counter: expected a number from -2^31");
    assertThat(BackendStatistics.parseCounter("-2147483649")).isInstanceOf(Reading.Malformed.class);
  }

  private long readLong(String name) {
    return Long.parseLong(captured.read(STATISTICS + name).orElse("").strip());
  }
}
