package io.blkwarden.agent.bus;

import io.blkwarden.agent.doctor.Check;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What {@code doctor} says about NATS: whether a server answers, and what it is. */
public final class NatsCheck {
  private static final String NAME = "nats";

  private NatsCheck() {}

  /** Connects once and asks for an answer; publishes nothing. */
  public static List<Check> run(BusSettings settings) {
    Options.Builder builder =
        new Options.Builder()
            .servers(settings.servers().toArray(String[]::new))
            .connectionName("blkwarden-agent doctor " + settings.host())
            .connectionTimeout(Duration.ofSeconds(3))
            .errorListener(new ErrorListener() {})
            .noReconnect();
    try {
      settings.credentials().ifPresent(known -> known.use(builder));
      Connection connection = Nats.connect(builder.build());
      try {
        Duration roundTrip = connection.RTT();
        return List.of(
            Check.ok(
                NAME,
                "%s answers in %.1f ms, nats-server %s, messages up to %d bytes"
                    .formatted(
                        connection.getConnectedUrl(),
                        roundTrip.toNanos() / 1e6,
                        connection.getServerInfo().getVersion(),
                        connection.getMaxPayload())));
      } finally {
        connection.close();
      }
    } catch (IOException | RuntimeException e) {
      return List.of(
          Check.fail(
              NAME,
              "cannot connect: " + e.getMessage(),
              "Start a nats-server, or give its URL by --nats or NATS_URL and credentials by"
                  + " --creds or NATS_CREDS. map and top work without."));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(Check.fail(NAME, "interrupted", "Try again."));
    }
  }
}
