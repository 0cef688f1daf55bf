package io.blkwarden.controller.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OperatorInputBucketTest {
  private static Silence silence(long number, Duration time) {
    return new Silence(
        Messages.id(number),
        "ana",
        "known",
        Messages.AT,
        Messages.AT.plus(time),
        new Silence.Matcher("dom0-*", null, null, null, null),
        null);
  }

  @Test
  void unreadablePauseAppliesAndOtherInvalidEntriesDoNot() {
    Pause pause = new Pause("ana", "the storage moves", Messages.AT, null);
    assertThat(OperatorInputBucket.parse(Map.of("pause", ControlJson.encode(pause))).pause())
        .contains(pause);
    assertThat(OperatorInputBucket.parse(Map.of("pause", "nonsense".getBytes(UTF_8))).pause())
        .isPresent();
    assertThat(OperatorInputBucket.parse(Map.of("silence.x", "nonsense".getBytes(UTF_8))).pause())
        .isEmpty();
  }

  @Test
  void keepsTheLatestToExpireBeyondTheLimit() {
    Map<String, byte[]> values = new HashMap<>();
    for (int i = 0; i < OperatorState.SILENCES_MAX; i++) {
      values.put("silence." + i, ControlJson.encode(silence(i, Duration.ofHours(1))));
    }
    values.put("silence.last", ControlJson.encode(silence(5_000, Duration.ofDays(1))));

    OperatorState operatorState = OperatorInputBucket.parse(values);

    assertThat(operatorState.silencesNow(Messages.AT)).isEqualTo(OperatorState.SILENCES_MAX);
    Alert alert = Messages.alert(1, Alert.State.FIRING);
    assertThat(operatorState.silencing(alert, Messages.AT.plus(Duration.ofHours(2))))
        .contains(silence(5_000, Duration.ofDays(1)));
    assertThat(operatorState.nextChange(Messages.AT))
        .contains(Messages.AT.plus(Duration.ofHours(1)));
  }
}
