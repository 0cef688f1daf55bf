package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.testing.Given;
import io.blkwarden.testing.Property;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truncation table of blkback's names, old and new. */
final class NameMatchTest {
  @ParameterizedTest
  @CsvSource({
    "blkback.3.xvda1, 3, xvda1, true, true",
    "blkback.3.xvda1, 3, xvda12, false, true",
    "blkback.3.xvda, 3, xvda, true, false",
    "blkback.37.xvda, 37, xvda, true, true",
    "blkback.37.xvda, 37, xvda1, false, true",
    "blkback.37.xvda, 37, xvda2, false, true",
    "blkback.123.xvd, 123, xvda1, false, true",
    "blkback.123.xvd, 123, xvdb2, false, true",
    "blkback.1234.xv, 1234, xvda1, false, true",
    "blkback.12345.x, 12345, xvdz9, false, true",
    "blkback.37.sda1, 37, /dev/sda1, true, true",
  })
  void oldNamesMatchUntruncatedOrTruncated(
      String comm, int domid, String dev, boolean whole, boolean borderline) {
    assertThat(fit(comm, domid, dev)).hasValue(new NameMatch(true, whole, borderline, null));
  }

  @ParameterizedTest
  @CsvSource({
    "1.xvda2-0, 1, xvda2, true, false, 0",
    "103.xvda1-1, 103, xvda1, true, false, 1",
    "12345.xvda1-0, 12345, xvda1, true, false, 0",
    "12345.xvda15-11, 12345, xvda15, true, true, 11",
    "3.foo-0-1, 3, foo-0, true, false, 1",
    "7.xvda-3, 7, /dev/xvda, true, false, 3",
    "999.268439552-0, 999, 268439552, true, true, 0",
    "12345.268439552-0, 12345, 268439552, true, true, 0",
    "12345.268439552-12, 12345, 2684395521, false, true, 12",
    "12345.268439552, 12345, 268439552, false, true, ",
    "12345.268439552, 12345, 2684395521, false, true, ",
    "1234.268439552-, 1234, 268439552, false, true, ",
  })
  void ringNamesMatchUntruncatedOrTruncated(
      String comm, int domid, String dev, boolean whole, boolean borderline, Integer ring) {
    assertThat(fit(comm, domid, dev)).hasValue(new NameMatch(false, whole, borderline, ring));
  }

  @ParameterizedTest
  @CsvSource({
    "blkback.3.xvda1, 3, xvda2",
    "blkback.3.xvda1, 37, xvda1",
    "blkback.37.xvda, 3, xvda1",
    "1.xvda2-0, 1, xvda",
    "1.xvda2-0, 1, xvda1",
    "1.xvda2-0, 11, xvda2",
    "11.xvda2-0, 1, xvda2",
    "3.foo-0-1, 3, foo",
    "xvd 37 fd:14, 37, xvda1",
  })
  void otherNamesDoNotMatch(String comm, int domid, String dev) {
    NameMatch cutUnknown = new NameMatch(true, false, true, null);
    // A name with a device number matches any disk with an unknown device, as truncated.
    assertThat(fit(comm, domid, dev)).isIn(Optional.empty(), Optional.of(cutUnknown));
    assertThat(fit(comm, domid, dev).filter(NameMatch::whole)).isEmpty();
  }

  @Test
  void oldestNamesContainTheDevice() {
    BlkbackName name = BlkbackName.parse("xvd 37 fd:14").orElseThrow();

    assertThat(NameMatch.of(name, 37, "xvda1", new DeviceNumber(253, 20)))
        .hasValue(new NameMatch(true, true, false, null));
    assertThat(NameMatch.of(name, 37, "xvda1", new DeviceNumber(253, 21))).isEmpty();
    assertThat(NameMatch.of(name, 3, "xvda1", new DeviceNumber(253, 20))).isEmpty();
    BlkbackName truncated = BlkbackName.parse("xvd 12345 fd:10").orElseThrow();
    assertThat(NameMatch.of(truncated, 12345, null, new DeviceNumber(253, 0x10))).isPresent();
    assertThat(NameMatch.of(truncated, 12345, null, new DeviceNumber(253, 0x10a))).isPresent();
  }

  @Test
  void unknownDiskNameMatchesAsTruncated() {
    assertThat(fit("37.xvda2-0", 37, null)).hasValue(new NameMatch(false, false, true, null));
    assertThat(fit("37.xvda2-0", 37, "xvdä")).hasValue(new NameMatch(false, false, true, null));
    assertThat(fit("37.xvda2-0", 38, null)).isEmpty();
  }

  @Test
  void truncatedNameFitsBothTwins() {
    String name = "blkback.37.xvda";
    assertThat(fit(name, 37, "xvda1")).isPresent();
    assertThat(fit(name, 37, "xvda2")).isPresent();
    assertThat(fit(name, 37, "xvdb1")).isEmpty();
    assertThat(fit(name, 3, "xvda1")).isEmpty();
  }

  @Test
  void untruncatedNameIsNotAPrefix() {
    String name = "1.xvda1-0";
    assertThat(fit(name, 1, "xvda1")).isPresent();
    assertThat(fit(name, 1, "xvda")).isEmpty();
    assertThat(fit(name, 1, "xvda10")).isEmpty();
    assertThat(fit(name, 1, "xvda1-0")).isEmpty();
    assertThat(fit(name, 11, "xvda1")).isEmpty();
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
            assertThat(fit(comm, domid, dev)).as(comm).isPresent();
          }
          assertThat(fit(shown, domid, dev).orElseThrow().ring()).isEqualTo(ring);
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
          String comm = cut(cut(domid + "." + dev) + "-0");
          boolean whole = BlkbackName.parse(comm).orElseThrow().whole();
          assertThat(!whole || dev.equals(other) || fit(comm, domid, other).isEmpty()).isTrue();
          assertThat(fit(comm, domid - 1, dev)).isEmpty();
        });
  }

  private static String device(Given given) {
    return given.text("xvdabhs0123456789", 1, 12);
  }

  private static String cut(String name) {
    return name.length() > 15 ? name.substring(0, 15) : name;
  }

  private static Optional<NameMatch> fit(
      String comm, int domid, @org.jspecify.annotations.Nullable String dev) {
    return NameMatch.of(BlkbackName.parse(comm).orElseThrow(), domid, dev, null);
  }
}
