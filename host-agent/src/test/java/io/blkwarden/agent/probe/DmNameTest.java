package io.blkwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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
  void takesNamesApart(String name, String volumeGroup, String logicalVolume) {
    assertThat(DmName.parse(name))
        .isEqualTo(Reading.present(new DmName(volumeGroup, logicalVolume, Optional.empty())));
  }

  @Test
  void theThirdPartIsTheLayer() {
    assertThat(DmName.parse("vg-lv---real"))
        .isEqualTo(Reading.present(new DmName("vg", "lv-", Optional.of("real"))));
    assertThat(DmName.parse("vg-pool-tpool").map(DmName::layer))
        .isEqualTo(Reading.present(Optional.of("tpool")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mpatha", "-", "vg-", "-lv", "vg--lv"})
  void whatHasNoTwoPartsIsMalformed(String name) {
    assertThat(DmName.parse(name)).isInstanceOf(Reading.Malformed.class);
  }

  @Property
  void whatLvmJoinsIsTakenApart(
      @ForAll("names") String volumeGroup, @ForAll("names") String logicalVolume) {
    String joined = volumeGroup.replace("-", "--") + "-" + logicalVolume.replace("-", "--");
    assertThat(DmName.parse(joined))
        .isEqualTo(Reading.present(new DmName(volumeGroup, logicalVolume, Optional.empty())));
  }

  /** LVM allows a hyphen anywhere but at the beginning. */
  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> rest = Arbitraries.strings().withChars("ab1_.+-").ofMaxLength(8);
    return Arbitraries.of("v", "1", "_").flatMap(first -> rest.map(more -> first + more));
  }
}
