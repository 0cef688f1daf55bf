package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.bus.PublishQueue.Added;
import io.blkwarden.controller.bus.PublishQueue.Entry;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Alert.State;
import io.blkwarden.model.message.DecisionNote;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PublishQueueTest {
  private final PublishQueue<Alert> alerts =
      new PublishQueue<>(4, Alert::id, StreamPublishers::isLast);

  @Test
  void batchHasOneMessagePerKey() {
    alerts.add(Messages.alert(1, State.FIRING));
    alerts.add(Messages.alert(1, State.RESOLVED));
    alerts.add(Messages.alert(2, State.FIRING));

    List<Entry<Alert>> batch = alerts.oldest(10);
    assertThat(batch)
        .extracting(Entry::message)
        .containsExactly(Messages.alert(1, State.FIRING), Messages.alert(2, State.FIRING));

    alerts.remove(batch.stream().map(Entry::number).toList());
    assertThat(alerts.oldest(10))
        .extracting(Entry::message)
        .containsExactly(Messages.alert(1, State.RESOLVED));
  }

  @Test
  void fullQueueDropsIntermediateStatesFirst() {
    alerts.add(Messages.alert(1, State.FIRING));
    alerts.add(Messages.alert(1, State.HANDLED));
    alerts.add(Messages.alert(2, State.FIRING));
    alerts.add(Messages.alert(3, State.FIRING));

    assertThat(alerts.add(Messages.alert(1, State.RESOLVED))).isEqualTo(Added.FOLDED);
    assertThat(alerts.add(Messages.alert(4, State.FIRING))).isEqualTo(Added.REFUSED);
    assertThat(alerts.size()).isEqualTo(4);
    assertThat(alerts.oldest(10)).extracting(e -> e.message().state()).containsOnly(State.FIRING);
  }

  /** An alert may start as handled; its later states replace only what follows. */
  @Test
  void firstStateOfAnAlertIsNeverDropped() {
    alerts.add(Messages.alert(1, State.HANDLED));
    alerts.add(Messages.alert(2, State.HANDLED));
    alerts.add(Messages.alert(3, State.HANDLED));
    alerts.add(Messages.alert(4, State.HANDLED));
    assertThat(alerts.add(Messages.alert(1, State.RESOLVED))).isEqualTo(Added.REFUSED);

    alerts.remove(List.of(alerts.oldest(1).getFirst().number()));
    alerts.add(Messages.alert(1, State.UNKNOWN));
    assertThat(alerts.add(Messages.alert(1, State.RESOLVED))).isEqualTo(Added.FOLDED);
    assertThat(alerts.all()).contains(Messages.alert(1, State.RESOLVED));
    assertThat(alerts.all()).doesNotContain(Messages.alert(1, State.UNKNOWN));
  }

  @Test
  void fullQueueRefusesNewMessagesThatCannotBeFolded() {
    PublishQueue<DecisionNote> decisions = new PublishQueue<>(3, DecisionNote::id, _ -> true);
    for (int i = 0; i < 3; i++) {
      assertThat(decisions.add(Messages.decision(i))).isEqualTo(Added.QUEUED);
    }
    assertThat(decisions.add(Messages.decision(3))).isEqualTo(Added.REFUSED);
    for (int i = 0; i < 3; i++) {
      Entry<DecisionNote> oldest = decisions.oldest(1).getFirst();
      assertThat(oldest.message()).isEqualTo(Messages.decision(i));
      decisions.remove(List.of(oldest.number()));
      assertThat(decisions.size()).isEqualTo(2 - i);
    }
  }
}
