package io.blkwarden.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.testing.Given;
import io.blkwarden.testing.Property;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DmNameTest {
  @ParameterizedTest
  @CsvSource({
    "vg-vm101_swap, vg, vm101_swap",
    "vg--a-lv--b, vg-a, lv-b",
    "a----b-c, a--b, c",
    "vg-lv\\x20x, vg, lv x",
    "vg-lv\\x2, vg, lv\\x2",
    "vg-lv\\xzz, vg, lv\\xzz",
  })
  void splitsNames(String name, String volumeGroup, String logicalVolume) {
    assertThat(DmName.parse(name))
        .isEqualTo(ReadResult.present(new DmName(volumeGroup, logicalVolume, Optional.empty())));
  }

  @Test
  void thirdPartIsTheLayer() {
    assertThat(DmName.parse("vg-lv---real"))
        .isEqualTo(ReadResult.present(new DmName("vg", "lv-", Optional.of("real"))));
    assertThat(DmName.parse("vg-pool-tpool").map(DmName::layer))
        .isEqualTo(ReadResult.present(Optional.of("tpool")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mpatha", "-", "vg-", "-lv", "vg--lv"})
  void singlePartIsMalformed(String name) {
    assertThat(DmName.parse(name)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void splitIsTheInverseOfLvmsJoin() {
    Property.check(
        1_000,
        given -> {
          String volumeGroup = name(given);
          String logicalVolume = name(given);
          String joined = volumeGroup.replace("-", "--") + "-" + logicalVolume.replace("-", "--");
          assertThat(DmName.parse(joined))
              .isEqualTo(
                  ReadResult.present(new DmName(volumeGroup, logicalVolume, Optional.empty())));
        });
  }

  /** LVM allows a hyphen anywhere but at the beginning. */
  private static String name(Given given) {
    return given.text("v1_", 1, 1) + given.text("ab1_.+-", 0, 8);
  }
}
