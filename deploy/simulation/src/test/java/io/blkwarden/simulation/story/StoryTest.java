package io.blkwarden.simulation.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleColumn;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StoryTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Random random = new Random(1);
  private final Story story = new Story(5, 50);

  @Test
  void eachStormOfADiskIsReported() {
    for (int number = 1; number <= 3; number++) {
      MessageId id = MessageId.of(number, random);
      story.alert("s", alert(id, Alert.State.HANDLED, Alert.Effect.WORKED, null, "It swaps."));
      assertThat(
              story.alert(
                  "s",
                  alert(
                      id,
                      Alert.State.RESOLVED,
                      Alert.Effect.WORKED,
                      null,
                      "It is over; throttling it helped: wait fell from 300 to 4 ms.")))
          .last()
          .asString()
          .matches(
              "storm %d +sim-1 vm101 xvda2: 96 IOPS, over after 24 s; ".formatted(number)
                  + "set to idle; throttling it helped: wait fell from 300 to 4 ms");
    }
  }

  @Test
  void unthrottledStormIsReportedWithTheReason() {
    MessageId id = MessageId.of(1, random);
    for (Alert.State state : List.of(Alert.State.FIRING, Alert.State.UNKNOWN)) {
      story.alert("s", alert(id, state, Alert.Effect.INEFFECTIVE, "ignored by sda", "It swaps."));
    }
    Alert over =
        alert(id, Alert.State.RESOLVED, Alert.Effect.INEFFECTIVE, "ignored by sda", "Over.");
    assertThat(story.alert("s", over))
        .last()
        .asString()
        .endsWith("over after 24 s; not throttled: ignored by sda");
  }

  @Test
  void mapsOfManyHostsAreOneLine() {
    for (int number = 1; number < 5; number++) {
      assertThat(story.snapshot(snapshot(number))).isEmpty();
    }
    assertThat(story.snapshot(snapshot(5))).singleElement().asString().contains("5 hosts");
    assertThat(story.snapshot(snapshot(5))).isEmpty();
  }

  private static MappingSnapshot snapshot(int number) {
    return new MappingSnapshot(
        new MappingOrigin(
            new HostId("sim-" + number), new UUID(1, number), new UUID(2, number), 1, START),
        List.of(),
        List.of(),
        List.of(),
        SampleColumn.zeros(0, 0));
  }

  private static Alert alert(
      MessageId id, Alert.State state, Alert.Effect effect, @Nullable String note, String summary) {
    boolean over = state == Alert.State.RESOLVED;
    return new Alert(
        id,
        null,
        state,
        Alert.Severity.WARNING,
        "swap-storm",
        new HostId("sim-1"),
        new DomainRef(new UUID(3, 3), 1, "vm101"),
        new Alert.AlertDisk("xvda2", null, VolumeRole.SWAP, null),
        START,
        over ? START.plusSeconds(24) : START,
        new Alert.Condition("swap.iops", over ? 1 : 96, 50, 0, 20),
        new Alert.Evidence(null, null, null, null, null, null, List.of()),
        new Alert.Action(
            "auto",
            null,
            IoPriority.IDLE,
            null,
            30_000,
            List.of(),
            effect,
            null,
            null,
            note,
            null,
            null),
        summary,
        null,
        null,
        null,
        null,
        null);
  }
}
