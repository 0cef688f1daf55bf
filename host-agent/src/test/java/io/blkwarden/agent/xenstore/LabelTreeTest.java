package io.blkwarden.agent.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.LabelTree.Ignored;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of domains in xenstore. */
final class LabelTreeTest {
  private static final UUID VM = new UUID(0x4000, 0x8000_0000_0000_0001L);
  private static final UUID OTHER = new UUID(0x4000, 0x8000_0000_0000_0002L);
  private static final String NODE = LabelTree.ROOT + "/" + VM + "/";
  private static final String GOOD =
      NODE + "plan = \"small\"   (n0)\n" + NODE + "protected = \"true\"   (n0)\n";

  private static TextXenStore store(String text) {
    return switch (TextXenStore.parse(text)) {
      case ReadResult.Present<TextXenStore>(TextXenStore store) -> store;
      case ReadResult<TextXenStore> other -> throw new AssertionError(other.describe());
    };
  }

  private static LabelTree read(String text) {
    return LabelTree.read(store(text), List.of(VM, OTHER)).toOptional().orElseThrow();
  }

  private static List<String> ignored(LabelTree tree) {
    return tree.ignored().stream().map(Ignored::path).toList();
  }

  @Test
  void readsTheLabelsOfRunningDomains() {
    LabelTree tree =
        read(GOOD + LabelTree.ROOT + "/00000000-0000-0000-0000-00000000dead/plan = \"large\"\n");

    assertThat(tree.labels()).isEqualTo(Map.of(VM, Map.of("plan", "small", "protected", "true")));
    assertThat(tree.ignored()).isEmpty();
  }

  @Test
  void noLabelsIsEmpty() {
    assertThat(read("/local/domain/0/name = \"Domain-0\"\n").labels()).isEmpty();
    assertThat(read(LabelTree.ROOT + "/" + VM + " = \"\"\n").labels()).isEmpty();
  }

  /** Nodes that guests can write are not labels. */
  @Test
  void guestNodesAreNotLabels() {
    LabelTree tree =
        read(
            """
            /local/domain/1/data/blkwarden/labels/%1$s/protected = "true"   (n1)
            /local/domain/1/data/protected = "true"   (n1)
            /local/domain/1/blkwarden/labels/%1$s/protected = "true"   (n1)
            /local/domain/1/device/vbd/51713/protected = "true"   (n1,r0)
            /vm/%1$s/protected = "true"   (n0,r1)
            """
                .formatted(VM));

    assertThat(tree.labels()).isEmpty();
  }

  @Test
  void invalidLabelsAreIgnoredAndReported() {
    LabelTree tree =
        read(
            GOOD
                + NODE
                + "Owner = \"ana\"\n"
                + NODE
                + "empty = \"\"\n"
                + NODE
                + "escape = \"\\x1b[2J\"\n"
                + NODE
                + "binary = \"\\377\\376\"\n"
                + NODE
                + "long = \""
                + "x".repeat(65)
                + "\"\n"
                + NODE
                + "k".repeat(33)
                + " = \"v\"\n"
                + LabelTree.ROOT
                + "/vm1/plan = \"small\"\n");

    assertThat(tree.labels().get(VM)).containsOnlyKeys("plan", "protected");
    assertThat(ignored(tree))
        .containsExactlyInAnyOrder(
            LabelTree.ROOT + "/vm1",
            NODE + "Owner",
            NODE + "empty",
            NODE + "escape",
            NODE + "binary",
            NODE + "long",
            NODE + "k".repeat(33));
  }

  @Test
  void invalidProtectedValueProtects() {
    for (String value : List.of("", "\\377", "x".repeat(100))) {
      LabelTree tree = read(NODE + "protected = \"" + value + "\"\n");

      assertThat(tree.labels()).isEqualTo(Map.of(VM, Map.of("protected", "true")));
      assertThat(ignored(tree)).containsExactly(NODE + "protected");
    }
  }

  @Test
  void wellKnownLabelsAreReadFirst() {
    String many =
        IntStream.range(0, 40)
            .mapToObj(n -> NODE + "a" + n + " = \"v\"\n")
            .collect(Collectors.joining());
    LabelTree tree = read(many + GOOD + NODE + "owner = \"ana\"\n");

    assertThat(tree.labels().get(VM)).hasSize(16).containsKeys("plan", "protected", "owner");
    assertThat(tree.ignored())
        .containsExactly(
            new Ignored(LabelTree.ROOT + "/" + VM, "expected at most 16 labels, found 43"));
  }

  @Test
  void reportsOfInvalidLabelsAreLimited() {
    String many =
        IntStream.range(0, 1_000)
            .mapToObj(n -> LabelTree.ROOT + "/no-uuid-" + n + "/plan = \"small\"\n")
            .collect(Collectors.joining());

    assertThat(read(many + GOOD).ignored()).hasSize(LabelTree.MAX_IGNORED);
    assertThat(read(many + GOOD).labels()).containsOnlyKeys(VM);
  }

  @Test
  void failedReadIsNotAbsent(@TempDir Path root) throws IOException {
    try (FakeXenstored server = new FakeXenstored(root, store(GOOD));
        SocketXenStore live =
            SocketXenStore.open(
                new XenStoreSettings(root, 20_000, 10, 50), _ -> {}, new SplittableRandom(1))) {
      assertThat(LabelTree.read(live, List.of(VM)))
          .isEqualTo(LabelTree.read(store(GOOD), List.of(VM)));

      server.responder =
          (request, session) -> {
            if (request.op() == XenOp.READ) {
              session.send(FakeXenstored.error(request, "EIO"));
            } else {
              server.honest(request, session);
            }
          };
      assertThat(LabelTree.read(live, List.of(VM))).isInstanceOf(ReadResult.Failed.class);
    }
  }
}
