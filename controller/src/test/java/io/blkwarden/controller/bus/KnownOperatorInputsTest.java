package io.blkwarden.controller.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.nats.Bucket;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KnownOperatorInputsTest {
  private static final ZonedDateTime THEN =
      ZonedDateTime.of(2026, 11, 30, 12, 0, 0, 0, ZoneOffset.UTC);
  private static final byte[] VALUE = "{}".getBytes(UTF_8);
  private static final OperatorInputBucket.Known KNOWN =
      new OperatorInputBucket.Known(
          new Bucket.History(THEN, 7),
          Map.of("pause", VALUE, "silence.a", VALUE, "silence.b", VALUE, "ack.c", VALUE));

  private static Bucket.History same(long last) {
    return new Bucket.History(THEN, last);
  }

  private static Bucket.History another(long last) {
    return new Bucket.History(THEN.plusSeconds(1), last);
  }

  @Test
  void entriesMissingFromAnIntactBucketWereDeleted() {
    assertThat(KNOWN.isLostIn(same(7))).isFalse();
    assertThat(KNOWN.missingIn(same(7), Set.of())).isEmpty();
    assertThat(KNOWN.missingIn(same(12), Set.of("silence.a"))).isEmpty();
  }

  @Test
  void restoresEntriesOfABucketThatWasCreatedAgain() {
    assertThat(KNOWN.isLostIn(another(0))).isTrue();
    assertThat(KNOWN.missingIn(another(0), Set.of())).isEqualTo(KNOWN.values());
    assertThat(KNOWN.missingIn(another(100), Set.of()))
        .as("independent of later writes")
        .isEqualTo(KNOWN.values());
  }

  @Test
  void restoresEntriesWhenTheLastChangesAreLost() {
    assertThat(KNOWN.isLostIn(same(6))).isTrue();
    assertThat(KNOWN.missingIn(same(6), Set.of("silence.a", "silence.b", "ack.c")))
        .containsOnlyKeys("pause");
  }

  @Test
  void doesNotRestoreEntriesChangedLater() {
    assertThat(KNOWN.missingIn(another(2), Set.of("pause", "silence.a")))
        .containsOnlyKeys("silence.b", "ack.c");
  }

  @Test
  void staysLostUntilTheEngineReceivesTheBucket() {
    OperatorInputBucket.Known lost = KNOWN.lost();
    assertThat(lost.isLostIn(same(7))).isTrue();
    assertThat(lost.isLostIn(same(1_000))).isTrue();
    assertThat(lost.missingIn(same(1_000), Set.of("pause", "silence.a", "ack.c")))
        .containsOnlyKeys("silence.b");
  }

  @Test
  void countsEntriesByKind() {
    assertThat(OperatorInputBucket.Known.count(KNOWN.values().keySet()))
        .isEqualTo("{ack=1, pause=1, silence=2}");
  }
}
