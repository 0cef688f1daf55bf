package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.AlertOutbox.Added;
import io.blkwarden.controller.bus.AlertOutbox.Entry;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlertOutboxTest {
  private final AlertOutbox outbox = new AlertOutbox(4);

  @Test
  void aBatchHasOneStateOfEachAlert() throws Exception {
    outbox.add(Messages.alert(1, State.FIRING));
    outbox.add(Messages.alert(1, State.RESOLVED));
    outbox.add(Messages.alert(2, State.FIRING));

    List<Entry> batch = outbox.awaitBatch(10);
    assertThat(batch)
        .extracting(Entry::alert)
        .containsExactly(Messages.alert(1, State.FIRING), Messages.alert(2, State.FIRING));

    outbox.remove(batch.stream().map(Entry::number).toList());
    assertThat(outbox.awaitBatch(10))
        .extracting(Entry::alert)
        .containsExactly(Messages.alert(1, State.RESOLVED));
  }

  @Test
  void atTheBoundAStateBetweenFirstAndLastGoesFirst() throws Exception {
    outbox.add(Messages.alert(1, State.FIRING));
    outbox.add(Messages.alert(1, State.HANDLED));
    outbox.add(Messages.alert(2, State.FIRING));
    outbox.add(Messages.alert(3, State.FIRING));

    assertThat(outbox.add(Messages.alert(1, State.RESOLVED))).isEqualTo(Added.FOLDED);
    assertThat(outbox.add(Messages.alert(4, State.FIRING))).isEqualTo(Added.REFUSED);
    assertThat(outbox.size()).isEqualTo(4);
    assertThat(outbox.awaitBatch(10)).extracting(e -> e.alert().state()).containsOnly(State.FIRING);
  }

  @Test
  void waitingForItToBeEmptyEnds() throws Exception {
    assertThat(outbox.awaitEmpty(Duration.ofSeconds(1))).isTrue();
    outbox.add(Messages.alert(1, State.FIRING));
    assertThat(outbox.awaitEmpty(Duration.ofMillis(5))).isFalse();
  }
}
