package io.blkwarden.agent.mapping.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.VolumeRole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RolePatternsTest {
  @ParameterizedTest
  @CsvSource({
    "/dev/vg/vm176_img, vg-vm176_img, ROOT",
    "/dev/vg/vm176_swap, vg-vm176_swap, SWAP",
    "/dev/mapper/vg-vm176_swap, , SWAP",
    "/dev/dm-20, vg-vm176_swap, SWAP",
    ", vg--a-web--1--swap, SWAP",
    "/dev/xen/web-swap, , SWAP",
    "/dev/xen/web-disk, , ROOT",
    "/dev/xen/web-root, , ROOT",
    "/dev/xen/swapper-data, , DATA",
    "/dev/xen/backup, , DATA",
    "/dev/sdb, , DATA",
    ", , DATA",
  })
  void theNameOfTheVolumeTellsTheRole(String path, String dmName, VolumeRole role) {
    assertThat(RolePatterns.DEFAULTS.of(path, dmName)).isEqualTo(role);
  }

  @Test
  void theFirstOfTheConfiguredPatternsDecides() {
    RolePatterns patterns =
        new RolePatterns(
            List.of(
                RolePatterns.rule("^special_swap$", VolumeRole.DATA),
                RolePatterns.rule("_swap$", VolumeRole.SWAP)));

    assertThat(patterns.of("/dev/vg/special_swap", null)).isEqualTo(VolumeRole.DATA);
    assertThat(patterns.of("/dev/vg/other_swap", null)).isEqualTo(VolumeRole.SWAP);
    assertThat(patterns.of("/dev/vg/vm1_img", null)).isEqualTo(VolumeRole.DATA);
  }
}
