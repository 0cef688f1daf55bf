package io.blkwarden.controller.nats;

import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;

/** Streams and buckets of a controller, for tests of other packages. */
public final class Assets {
  private Assets() {}

  /** Creates missing streams and buckets. */
  public static void ensure(Connection connection, Subjects subjects, NatsServer server)
      throws NatsException {
    boolean _ =
        new JetStreamAssets(connection, new NatsSettings(server.url(), null, null, subjects, "c1"))
            .ensureAll();
  }

  /** Creates small streams and buckets. */
  public static void small(Connection connection, long bytes)
      throws IOException, JetStreamApiException {
    for (StreamSpec plan : StreamSpec.all(Subjects.DEFAULT)) {
      connection.jetStreamManagement().addStream(plan.create(bytes, 1));
    }
  }

  /** A bucket of a connection. */
  public static Bucket bucket(Connection connection, String name) throws IOException {
    return Bucket.of(connection, name, Duration.ofSeconds(5));
  }
}
