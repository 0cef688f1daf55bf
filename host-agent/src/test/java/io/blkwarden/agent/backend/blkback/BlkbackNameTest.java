package io.blkwarden.agent.backend.blkback;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.blkback.BlkbackName.Style;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BlkbackNameTest {
  @ParameterizedTest
  @CsvSource({
    // As seen on Linux 6.1.
    "1.xvda2-0, 1",
    "11.xvda2-1, 11",
    "103.xvda1-1, 103",
    "12345.xvda1-0, 12345",
    // The configured device name may be arbitrary.
    "7.d0p1-0, 7",
    "7.51713-3, 7",
    "7.my-disk-10, 7",
  })
  void readsMainlineNames(String comm, int domid) {
    assertThat(BlkbackName.parse(comm)).contains(new BlkbackName(Style.RING, domid, true, comm));
  }

  @ParameterizedTest
  @CsvSource({
    "blkback.3.xvda1, 3, false", // 15 characters may be truncated
    "blkback.3.xvda, 3, true",
    "blkback.37.xvda, 37, false",
    "blkback.12345.x, 12345, false",
  })
  void readsNamesWithOneThreadPerDisk(String comm, int domid, boolean whole) {
    assertThat(BlkbackName.parse(comm)).contains(new BlkbackName(Style.SINGLE, domid, whole, comm));
  }

  @Test
  void readsTheOldestNames() {
    BlkbackName name = BlkbackName.parse("xvd 137 fd:14").orElseThrow();
    assertThat(name.style()).isEqualTo(Style.NUMBERED);
    assertThat(name.whole()).isTrue();
    BlkbackName cut = BlkbackName.parse("xvd 12345 fd:10").orElseThrow();
    assertThat(cut.whole()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kworker/0:1",
        "1.-0",
        "1.xvda1",
        "1.xvda1-",
        "x.xvda1-0",
        "blkback.1.",
        "blkback",
        "-1.xvda1-0",
        "123456.xvda1-0",
        "xvd 1",
        "xvd 1 FD:00",
        "jbd2/dm-1-8",
        "scsi_eh_0"
      })
  void ignoresOtherNames(String comm) {
    assertThat(BlkbackName.parse(comm)).isEmpty();
  }
}
