package io.blkwarden.controller.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits in the outbox, by who holds the claim. */
final class AlertSenderTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final NatsServer server = NatsServer.start();
  private final AlertOutbox outbox = new AlertOutbox(10);
  private final BusCounters counters = new BusCounters();
  private volatile Claim claim = new Claim.Unknown();
  private Connection link;
  private AlertSender sender;

  @BeforeEach
  void prepare() throws Exception {
    link = server.connect();
    new JetStreamAssets(link, Subjects.DEFAULT, server.url()).ensure();
    sender =
        new AlertSender(
            outbox, link, Subjects.DEFAULT, counters, () -> claim, new SplittableRandom(1));
    outbox.add(Messages.alert(1, Alert.State.FIRING));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private long stored() throws Exception {
    return link.jetStreamManagement()
        .getStreamInfo(JetStreamAssets.ALERTS)
        .getStreamState()
        .getMsgCount();
  }

  @Test
  void itWaitsWhileTheClaimIsNotKnownAndIsPublishedThen() throws Exception {
    assertThat(sender.publishNext()).as("to be tried again").isFalse();
    assertThat(outbox.size()).isOne();
    assertThat(stored()).isZero();

    claim = new Claim.Held(7);
    await("published").atMost(BOUND).until(() -> sender.publishNext());
    assertThat(outbox.size()).isZero();
    assertThat(stored()).isOne();
    assertThat(counters.alertsPublished.sum()).isOne();
  }

  @Test
  void itIsLeftToAnotherControllerThatHasClaimed() throws Exception {
    claim = new Claim.Lost("c2", 8);
    assertThat(sender.publishNext()).isTrue();

    assertThat(outbox.size()).isZero();
    assertThat(stored()).isZero();
    assertThat(counters.alertsLeft.sum()).isOne();
  }
}
