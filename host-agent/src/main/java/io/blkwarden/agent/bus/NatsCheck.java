package io.blkwarden.agent.bus;

import io.blkwarden.agent.doctor.Check;
import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.nats.NatsFault;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What {@code doctor} says about NATS: whether a server answers, and what it is. */
public final class NatsCheck {
  private static final String NAME = "nats";

  private NatsCheck() {}

  /** Connects once and asks for an answer; publishes nothing. */
  public static List<Check> run(BusSettings settings) {
    AtomicReference<@Nullable Exception> last = new AtomicReference<>();
    Options.Builder builder =
        new Options.Builder()
            .servers(settings.servers().toArray(String[]::new))
            .connectionName("blkwarden-agent doctor " + settings.host())
            .connectionTimeout(NatsOptions.CONNECT_WITHIN)
            .errorListener(
                new ErrorListener() {
                  @Override
                  public void exceptionOccurred(Connection connection, Exception exception) {
                    last.set(exception);
                  }
                })
            .noReconnect();
    try {
      settings.use(builder);
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
      Complaint why = NatsFault.of(Objects.requireNonNullElse(last.get(), e));
      return List.of(
          Check.fail(
              NAME,
              "cannot connect: " + why.error(),
              "To mend it: %s; credentials are --creds or NATS_CREDS. map and top work without."
                  .formatted(why.hint())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(Check.fail(NAME, "interrupted", "Try again."));
    }
  }
}
