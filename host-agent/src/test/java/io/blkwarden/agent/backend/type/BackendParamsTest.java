package io.blkwarden.agent.backend.type;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The publishable part of a backend's {@code params}. */
final class BackendParamsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dev/vg/vm176_swap",
        "/dev/mapper/vg0-vm--104--disk--0",
        "/dev/disk/by-path/ip-10.0.0.7:3260-iscsi-iqn.2004-04.com.example:storage-lun-1",
        "/dev/disk/by-id/dm-uuid-LVM-abc",
        "/home/xen/domains/web/swap.img",
        "/srv/größe/disk.img",
        "aio:/srv/xen/disk.img",
        "tap:aio:/srv/xen/disk.img",
        "tap:tapdisk:vhd:/srv/xen/disk.vhd",
        "qcow2:/srv/xen/disk.qcow2",
        "phy:vg0/vm176_img",
        "vg0/vm176_img",
        "sda5",
        "drbd:web-root",
        "zfs:tank/xen/web-swap",
        "rbd:vms/wiki-swap",
        "rbd:vms/prod/wiki-swap@snap1",
        "nbd:10.0.0.7:10809:exportname=web-swap",
        "nbd:unix:/run/nbd.sock:exportname=web-swap",
        "nbd://storage.example:10809/web-swap",
        "iscsi://10.0.0.7:3260/iqn.2004-04.com.example:web-swap/1",
        "iqn=iqn.2004-04.com.example:web-swap,portal=10.0.0.7:3260",
        "https://images.example/debian.iso",
        ""
      })
  void volumeNamesAreShown(String params) {
    assertThat(BackendParams.shown(params)).isEqualTo(params);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "rbd:vms/wiki-swap:id=libvirt:key=SECRET==:auth_supported=cephx\\;none rbd:vms/wiki-swap",
        "rbd:vms/wiki-swap\\:key=SECRET rbd:vms/wiki-swap",
        "rbd:vms/wiki:mon_host=10.0.0.1\\:6789\\;10.0.0.2:key=SECRET rbd:vms/wiki",
        "raw:rbd:vms/wiki:key=SECRET raw:rbd:vms/wiki",
        "nbd://user:SECRET@storage.example:10809/web nbd://storage.example:10809/web",
        "nbd:user:SECRET@storage.example:10809 nbd:",
        "nbd:10.0.0.7:10809:exportname=web:tls-creds=SECRET nbd:10.0.0.7:10809:exportname=web",
        "iscsi://chap%SECRET@10.0.0.7/iqn.2004-04.com.example:web/1"
            + " iscsi://10.0.0.7/iqn.2004-04.com.example:web/1",
        "http://user:SECRET@images.example/a/b/disk.img?token=SECRET"
            + " http://images.example/.../disk.img",
        "http://user:p/SECRET@images.example/disk.img http://",
        "https://images.example/SECRET/disk https://images.example",
        "https://images.example/disk.img?sig=SECRET https://images.example/disk.img",
        "gluster://host/vol/web.img?password=SECRET gluster://host/vol/web.img",
        "iqn=iqn.2004-04.com.example:web,user=u,password=SECRET iqn=iqn.2004-04.com.example:web",
        "iscsi:iqn=iqn.2004-04.com.example:web,password=SECRET"
            + " iscsi:iqn=iqn.2004-04.com.example:web",
        "iqn.2004-04.com.example:web:user:SECRET iqn.2004-04.com.example:web",
        "/srv/disk.img:key=SECRET /srv/disk.img",
        "/srv/disk.img,secret=SECRET /srv/disk.img",
        "/srv/disk.img?token=SECRET /srv/disk.img",
        "aio:/srv/disk.img\\:SECRET aio:/srv/disk.img",
        "myscript:SECRET myscript:",
        "myscript://SECRET@host/vol myscript://host",
        "luks:key=SECRET luks:"
      })
  void secretsAreRemoved(String params, String shown) {
    assertThat(BackendParams.shown(params)).isEqualTo(shown).doesNotContain("SECRET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SECRET",
        "volume=web;secret=SECRET",
        "--key SECRET",
        "/dev/vg/lv SECRET",
        "vg/lv SECRET",
        "user=SECRET",
        "json:{\"driver\":\"rbd\",\"key\":\"SECRET\"}",
        "json:{\"file\":{\"driver\":\"https\",\"url\":\"https://u:SECRET@h/\"}}",
        "json:{\"file.filename\":\"rbd:p/i:key=SECRET\"}",
        "SECRET=:rbd:p/i"
      })
  void unknownFormsAreNotShown(String params) {
    assertThat(BackendParams.shown(params)).doesNotContain("SECRET");
  }

  @Test
  void onlyTheImageOfJsonIsShown() {
    assertThat(
            BackendParams.shown(
                "json:{\"driver\":\"raw\",\"file.driver\":\"rbd\",\"file.pool\":\"vms\","
                    + "\"file.image\":\"wiki-swap\",\"file.key-secret\":\"s0\"}"))
        .isEqualTo("json:rbd:vms/wiki-swap");
    assertThat(
            BackendParams.shown(
                "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\","
                    + "\"filename\":\"/srv/web-swap.qcow2\"},\"password-secret\":\"s0\"}"))
        .isEqualTo("json:/srv/web-swap.qcow2");
  }
}
