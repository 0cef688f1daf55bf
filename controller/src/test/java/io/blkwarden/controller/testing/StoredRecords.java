package io.blkwarden.controller.testing;

import static org.awaitility.Awaitility.await;

import io.blkwarden.controller.bus.RecordServer;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.time.Clock;
import java.time.Duration;

/** The part of a controller that answers requests for stored records. */
public final class StoredRecords {
  private StoredRecords() {}

  /** Starts it and waits until it answers. */
  public static RecordServer answering(NatsServer server, Connection client) throws NatsException {
    RecordServer desk =
        new RecordServer(
            new NatsSettings(server.url(), null, null, Subjects.DEFAULT, "c1"),
            new ControllerCounters(),
            Clock.systemUTC());
    desk.start();
    String subject = Subjects.DEFAULT.replay(RecordKind.MAPPING);
    byte[] request = ControlJson.encode(ReplayRequest.since(null));
    await().until(() -> client.request(subject, request, Duration.ofSeconds(5)) != null);
    return desk;
  }
}
