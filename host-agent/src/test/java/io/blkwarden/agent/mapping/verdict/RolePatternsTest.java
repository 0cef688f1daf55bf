package io.blkwarden.agent.mapping.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.mapping.verdict.RolePatterns.RoleVerdict;
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
    "/home/xen/domains/web/swap.img, , SWAP",
    "/home/xen/domains/web/disk.img, , ROOT",
    "/srv/xen/web-swap.img, , SWAP",
    "/srv/xen/vm104_swap.img, , SWAP",
    "/srv/xen/web_swap.raw, , SWAP",
    "/srv/xen/web-SWAP.QCOW2, , SWAP",
    "/srv/xen/web-swap.vhd, , SWAP",
    "/srv/xen/web-swap.vmdk, , SWAP",
    "/srv/xen/web-swap.dsk, , SWAP",
    "/srv/xen/web-swap1.vhdx, , SWAP",
    "/srv/xen/web-swap-disk.img, , SWAP",
    "/srv/xen/swap-web.img, , SWAP",
    "/srv/xen/swap_vm104, , SWAP",
    "/srv/xen/vm104swap, , SWAP",
    "/srv/xen/web-root.raw, , ROOT",
    "/srv/xen/web.xvda.img, , ROOT",
    "/srv/xen/web.xvdb.img, , DATA",
    "/srv/xen/data.img, , DATA",
    "/srv/xen/modules.img, , DATA",
    "/srv/xen/tools.img, , DATA",
    "/srv/xen/xen-tools.iso, , DATA",
    "/srv/xen/web.img, , DATA",
    "/srv/xen/swapnil.img, , DATA",
    "/srv/xen/rootfs-data, , DATA",
    "/srv/xen/dataswap.img, , DATA",
    "/srv/xen/noswap.img, , DATA",
    "/srv/xen/swap-test-disk, , ROOT",
    "/srv/xen/swap-data, , DATA",
    "/srv/xen/swap-db1, , SWAP",
    "/dev/vg/kvm123_img, , ROOT",
    "/dev/vg/kvm123_swap, , SWAP",
    "/dev/vg/lv_root, , ROOT",
    "/dev/vg/lvswap, , SWAP",
    "/dev/pve/vm-104-disk-0, , ROOT",
    "/dev/pve/vm-104-disk-1, , DATA",
    "/dev/xenvg/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11.disk0, , ROOT",
    "/dev/xenvg/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11.disk0_data, , ROOT",
    "/dev/xenvg/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11.disk1_data, , DATA",
    "/srv/ganeti/file-storage/web/disk0, , ROOT",
    "/dev/VG_XenStorage-1/VHD-6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11, , DATA",
    "rbd:vms/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11_disk, , ROOT",
    "rbd:vms/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11_disk.swap, , SWAP",
    "rbd:vms/6b1a5b3e-7a0c-4f0e-9d5d-0a9a2c9c6a11_disk.eph0, , DATA",
    "rbd:wiki-swap, , SWAP",
    "rbd:vms/wiki-swap@before, , SWAP",
    "aio:/srv/xen/web-swap.img, , SWAP",
    "nbd:10.0.0.7:10809:exportname=web-swap, , SWAP",
    "iscsi://10.0.0.7:3260/iqn.2004-04.com.example:web-swap/1, , SWAP",
    ", , DATA",
  })
  void roleByVolumeName(String path, String dmName, VolumeRole role) {
    assertThat(RolePatterns.DEFAULTS.of(path, dmName).role()).isEqualTo(role);
  }

  @Test
  void firstMatchingPatternWins() {
    RolePatterns patterns =
        new RolePatterns(
            List.of(
                RolePatterns.rule("^special_swap$", VolumeRole.DATA),
                RolePatterns.rule("_swap$", VolumeRole.SWAP)));

    assertThat(patterns.of("/dev/vg/special_swap", null))
        .isEqualTo(new RoleVerdict(VolumeRole.DATA, "option: ^special_swap$"));
    assertThat(patterns.of("/dev/vg/other_swap", null).by()).isEqualTo("option: _swap$");
    assertThat(patterns.of("/dev/vg/vm1_img", null))
        .isEqualTo(new RoleVerdict(VolumeRole.ROOT, "name: img"));
    assertThat(patterns.of("/dev/vg/vm1", null)).isEqualTo(RoleVerdict.NONE);
  }
}
