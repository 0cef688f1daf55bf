package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IoPressure, KernelRelease, boot id and uptime. */
final class HostFilesTest {
  private final KernelFiles captured = CapturedTree.files();

  @Test
  void readsCapturedPressure() {
    assertThat(IoPressure.read(captured))
        .isEqualTo(ReadResult.present(new IoPressure(220276, 170753)));
  }

  @Test
  void pressureIsAbsentWithoutPsi() {
    assertThat(IoPressure.read(new MapFiles())).isEqualTo(ReadResult.absent("proc/pressure/io"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "some avg10=0.00 total=1\n", "some total=x\nfull total=1\n", "full total=1"})
  void pressureRequiresBothLines(String text) {
    assertThat(IoPressure.parse(text)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void readsTheCapturedRelease() {
    assertThat(KernelRelease.read(captured))
        .isEqualTo(ReadResult.present(new KernelRelease(6, 1, "6.1.0-50-amd64")));
  }

  @ParameterizedTest
  @CsvSource({"4.19.0+1, 4, 19", "6.0-rc1, 6, 0", "3.12.74-60.64.40-default, 3, 12", "6.18, 6, 18"})
  void readsOtherReleases(String text, int major, int minor) {
    assertThat(KernelRelease.parse(text + "\n"))
        .isEqualTo(ReadResult.present(new KernelRelease(major, minor, text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6", "six.one", "6.x", "99999.1"})
  void malformedReleaseIsRejected(String text) {
    assertThat(KernelRelease.parse(text)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void releasesCompareNumerically() {
    KernelRelease release = new KernelRelease(5, 20, "5.20");
    assertThat(release.atLeast(5, 20)).isTrue();
    assertThat(release.atLeast(5, 9)).isTrue();
    assertThat(release.atLeast(4, 99)).isTrue();
    assertThat(release.atLeast(5, 21)).isFalse();
    assertThat(release.atLeast(6, 0)).isFalse();
  }

  @Test
  void bootIdIsAUuid() {
    String id = "6303de50-65c9-4e07-bf01-2d68cf7449e7";
    assertThat(ProcFiles.parseBootId(id + "\n")).isEqualTo(ReadResult.present(UUID.fromString(id)));
    assertThat(ProcFiles.parseBootId("1-1-1-1-1")).isInstanceOf(ReadResult.Malformed.class);
    assertThat(ProcFiles.parseBootId("x".repeat(36))).isInstanceOf(ReadResult.Malformed.class);
    assertThat(ProcFiles.bootId(captured)).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void readsTheCapturedUptime() {
    assertThat(ProcFiles.uptimeTicks(captured)).isEqualTo(ReadResult.present(15_260L));
    assertThat(ProcFiles.parseUptime("152 190")).isInstanceOf(ReadResult.Malformed.class);
    assertThat(ProcFiles.parseUptime("1234567890123.00 1.00"))
        .isInstanceOf(ReadResult.Malformed.class);
  }
}
