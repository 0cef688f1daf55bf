package io.blkwarden.agent.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.BackendTree.BackendNode;
import io.blkwarden.testing.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextXenStoreTest {
  @Test
  void readsTheCapturedTree() {
    TextXenStore store = Captured.xenStore();

    assertThat(store.size()).isEqualTo(397);
    assertThat(store.read("/local/domain/0/backend/vbd/1/51714/params"))
        .isEqualTo(ReadResult.present("/dev/vg/vm101_swap"));
    assertThat(store.read("/local/domain/0/backend/vbd/1")).isEqualTo(ReadResult.present(""));
    assertThat(store.directory("/local/domain/0/backend"))
        .isEqualTo(ReadResult.present(List.of("console", "vbd")));
    assertThat(store.directory("/local/domain/0/backend/vbd/1/51714/params"))
        .isEqualTo(ReadResult.present(List.of()));
    assertThat(store.read("/nosuch")).isInstanceOf(ReadResult.Absent.class);
    assertThat(store.directory("/nosuch")).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void readsPermissionsAndImpliesParents() {
    TextXenStore store = parsed(Captured.text("xenstore-ls-fp-backend.txt"));

    assertThat(store.read("/local/domain/0/backend/vbd/2/51713/physical-device"))
        .isEqualTo(ReadResult.present("fd:2"));
    assertThat(store.directory("/local/domain")).isEqualTo(ReadResult.present(List.of("0")));
    assertThat(store.read("/local/domain")).isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void decodesEscapes() {
    TextXenStore store =
        parsed(
            """
            /a = "tab\\tnewline\\nreturn\\rback\\\\slash"
            /b = "bell\\007 umlaut\\xc3\\xa4"
            /c = "a "quoted" = "word""
            /d = ""
            """);

    assertThat(store.read("/a")).isEqualTo(ReadResult.present("tab\tnewline\nreturn\rback\\slash"));
    assertThat(store.read("/b")).isEqualTo(ReadResult.present("bell\u0007 umlautä"));
    assertThat(store.read("/c")).isEqualTo(ReadResult.present("a \"quoted\" = \"word\""));
    assertThat(store.read("/d")).isEqualTo(ReadResult.present(""));
  }

  @Test
  void invalidValueIsMalformedAlone() {
    TextXenStore store = parsed("/a = \"\\q\"\n/b = \"\\xff\"\n/c = \"1\"\n");

    assertThat(store.read("/a"))
        .isEqualTo(ReadResult.malformed("/a", "an escape of xenstore-ls", "\\q"));
    assertThat(store.read("/b")).isEqualTo(ReadResult.malformed("/b", "UTF-8", "\\xff"));
    assertThat(store.read("/c")).isEqualTo(ReadResult.present("1"));
  }

  @Test
  void reportsTheInvalidLine() {
    assertThat(TextXenStore.parse("/a = \"1\"\nvbd = \"\"\n").describe())
        .contains("line 2")
        .contains("vbd = \"\"");
  }

  @Test
  void readsTheDevicesOfAType() {
    ReadResult<List<BackendNode>> tree =
        BackendTree.read(
            Captured.xenStore(), "vbd", List.of("state", "dev", "queue-0/kthread-pid"));

    List<BackendNode> nodes = tree.toOptional().orElseThrow();
    assertThat(nodes)
        .extracting(BackendNode::path)
        .containsExactly(
            "/local/domain/0/backend/vbd/1/51713",
            "/local/domain/0/backend/vbd/1/51714",
            "/local/domain/0/backend/vbd/2/51713",
            "/local/domain/0/backend/vbd/2/51714");
    assertThat(nodes.get(1).value("dev")).isEqualTo(ReadResult.present("xvda2"));
    assertThat(nodes.get(1).value("state")).isEqualTo(ReadResult.present("4"));
    assertThat(nodes.get(1).value("queue-0/kthread-pid")).isInstanceOf(ReadResult.Absent.class);
    assertThat(BackendTree.read(Captured.xenStore(), "vbd3", List.of("state")))
        .isInstanceOf(ReadResult.Absent.class);
  }

  @Test
  void ignoresInvalidDevices() {
    TextXenStore store =
        parsed(
            """
            /local/domain/0/backend/vbd/1/51713/state = "4"
            /local/domain/0/backend/vbd/1/051713/state = "4"
            /local/domain/0/backend/vbd/new/51713/state = "4"
            """);

    assertThat(BackendTree.read(store, "vbd", List.of("state")).toOptional().orElseThrow())
        .extracting(BackendNode::path)
        .containsExactly("/local/domain/0/backend/vbd/1/51713");
  }

  @Test
  void neverThrows() {
    Property.check(
        1_000,
        given -> {
          String text = given.text();
          assertThat(TextXenStore.parse(text)).isNotNull();
          assertThat(TextXenStore.parse("/a = \"" + text + "\"")).isNotNull();
        });
  }

  private static TextXenStore parsed(String text) {
    return TextXenStore.parse(text).toOptional().orElseThrow();
  }
}
