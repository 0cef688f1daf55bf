package io.blkwarden.agent.backend.type;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes params: nothing in the form of a secret is shown. */
final class BackendParamsFuzzTest {
  private static final Pattern OPTION = Pattern.compile("([^,:]*)=");
  private static final Pattern SHOWN_OPTION =
      Pattern.compile("dataset|exportname|image|iqn|lun|lv|pool|portal|target|vg");

  static Stream<byte[]> seeds() {
    return Stream.of(
            "/dev/vg/vm176_swap",
            "/dev/disk/by-path/ip-10.0.0.7:3260-iscsi-iqn.2004-04.com.example:storage-lun-1",
            "tap:tapdisk:vhd:/srv/xen/disk.vhd",
            "rbd:vms/wiki:id=libvirt:key=SECRET==:auth_supported=cephx\\;none",
            "nbd://user:SECRET@storage.example:10809/web",
            "nbd:unix:/run/nbd.sock:exportname=web-swap",
            "iscsi://chap%SECRET@10.0.0.7/iqn.2004-04.com.example:web/1",
            "http://user:SECRET@images.example/a/b/disk.img?token=SECRET",
            "iqn=iqn.2004-04.com.example:web,user=u,password=SECRET,portal=10.0.0.7:3260",
            "json:{\"driver\":\"raw\",\"file.pool\":\"vms\",\"file.image\":\"wiki\"}",
            "json:{\"file.filename\":\"rbd:p/i:key=SECRET\"}",
            "/vg".repeat(1_365),
            "a/".repeat(2_047) + "b",
            "json:{\"" + "file.".repeat(800) + "filename\":\"/srv/disk.img\"}")
        .map(params -> params.getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void optionsUsersAndQueriesAreNotShown(byte[] bytes) {
    String params = new String(bytes, UTF_8);

    String shown = BackendParams.shown(params);

    assertThat(shown.length()).isLessThanOrEqualTo(params.length() + "/...".length());
    assertThat(shown).doesNotContain("?", "#", "\\", "\"", "'", ";", " ", "\n", "\0", "\u001b");
    for (Matcher option = OPTION.matcher(shown); option.find(); ) {
      assertThat(option.group(1)).matches(SHOWN_OPTION);
    }
    int authority = shown.indexOf("://");
    if (authority > 0) {
      int path = shown.indexOf('/', authority + 3);
      assertThat(shown.substring(authority, path < 0 ? shown.length() : path)).doesNotContain("@");
    }
    String file = BackendParams.file(shown);
    assertThat(file == null || file.startsWith("/")).isTrue();
  }
}
