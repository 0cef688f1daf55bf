package io.blkwarden.agent.backend.blkback;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.blkback.BlkbackName.Style;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.testing.Given;
import io.blkwarden.testing.Property;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BlkbackNameTest {
  @ParameterizedTest
  @CsvSource({
    // As seen on Linux 6.1.
    "1.xvda2-0, 1, xvda2, 0",
    "11.xvda2-1, 11, xvda2, 1",
    "103.xvda1-1, 103, xvda1, 1",
    "12345.xvda1-0, 12345, xvda1, 0",
    // The configured device name may be arbitrary.
    "7.d0p1-0, 7, d0p1, 0",
    "7.51713-3, 7, 51713, 3",
    "7.my-disk-10, 7, my-disk, 10",
  })
  void readsMainlineNames(String comm, int domid, String device, int ring) {
    assertThat(BlkbackName.parse(comm))
        .contains(new BlkbackName(Style.RING, domid, device, OptionalInt.of(ring), true, comm));
  }

  @ParameterizedTest
  @CsvSource({
    "blkback.3.xvda1, 3, xvda1, false", // whole, but of 15 characters nobody can tell
    "blkback.3.xvda, 3, xvda, true",
    "blkback.37.xvda, 37, xvda, false",
    "blkback.12345.x, 12345, x, false",
  })
  void readsNamesWithOneThreadPerDisk(String comm, int domid, String device, boolean whole) {
    assertThat(BlkbackName.parse(comm))
        .contains(new BlkbackName(Style.SINGLE, domid, device, OptionalInt.empty(), whole, comm));
  }

  @Test
  void readsTheOldestNames() {
    BlkbackName name = BlkbackName.parse("xvd 137 fd:14").orElseThrow();
    assertThat(name.style()).isEqualTo(Style.NUMBERED);
    assertThat(name.whole()).isTrue();
    assertThat(name.fits(137, new DeviceNumber(253, 20))).isTrue();
    assertThat(name.fits(137, new DeviceNumber(253, 21))).isFalse();
    assertThat(name.fits(13, new DeviceNumber(253, 20))).isFalse();
    assertThat(name.fits(137, "fd:14")).isFalse();
    BlkbackName cut = BlkbackName.parse("xvd 12345 fd:10").orElseThrow();
    assertThat(cut.whole()).isFalse();
    assertThat(cut.fits(12345, new DeviceNumber(253, 0x10))).isTrue();
    assertThat(cut.fits(12345, new DeviceNumber(253, 0x10a))).isTrue();
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

  @Test
  void truncatedNameFitsBothTwins() {
    BlkbackName name = BlkbackName.parse("blkback.37.xvda").orElseThrow();
    assertThat(name.fits(37, "xvda1")).isTrue();
    assertThat(name.fits(37, "xvda2")).isTrue();
    assertThat(name.fits(37, "xvdb1")).isFalse();
    assertThat(name.fits(3, "xvda1")).isFalse();
  }

  @Test
  void untruncatedNameIsNotAPrefix() {
    BlkbackName name = BlkbackName.parse("1.xvda1-0").orElseThrow();
    assertThat(name.fits(1, "xvda1")).isTrue();
    assertThat(name.fits(1, "xvda")).isFalse();
    assertThat(name.fits(1, "xvda10")).isFalse();
    assertThat(name.fits(1, "xvda1-0")).isFalse();
    assertThat(name.fits(11, "xvda1")).isFalse();
  }

  @Test
  void kernelNameFitsItsDisk() {
    Property.check(
        1_000,
        given -> {
          int domid = given.between(0, 32751);
          String dev = device(given);
          int ring = given.between(0, 63);
          String base = cut(domid + "." + dev);
          String shown = base + "-" + ring;
          for (String comm :
              new String[] {shown, cut(shown), cut("blkback." + domid + "." + dev)}) {
            BlkbackName name = BlkbackName.parse(comm).orElseThrow();
            assertThat(name.domid()).isEqualTo(domid);
            assertThat(name.fits(domid, dev)).as(comm).isTrue();
          }
          assertThat(BlkbackName.parse(shown).orElseThrow().ring())
              .isEqualTo(shown.length() == 15 ? OptionalInt.empty() : OptionalInt.of(ring));
        });
  }

  @Test
  void untruncatedNameFitsOneDisk() {
    Property.check(
        1_000,
        given -> {
          int domid = given.between(1, 32751);
          String dev = device(given);
          String other = device(given);
          Optional<BlkbackName> name = BlkbackName.parse(cut(cut(domid + "." + dev) + "-0"));
          boolean whole = name.orElseThrow().whole();
          assertThat(!whole || dev.equals(other) || !name.orElseThrow().fits(domid, other))
              .isTrue();
          assertThat(name.orElseThrow().fits(domid - 1, dev)).isFalse();
        });
  }

  private static String device(Given given) {
    return given.text("xvdabhs0123456789", 1, 12);
  }

  private static String cut(String name) {
    return name.length() > 15 ? name.substring(0, 15) : name;
  }
}
