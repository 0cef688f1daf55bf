package io.blkwarden.agent.nats;

import io.blkwarden.commandline.Check;
import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.commandline.nats.NatsFault;
import io.blkwarden.model.subject.HostToken;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The {@code doctor} check of the NATS server. */
public final class NatsCheck {
  private static final String NAME = "nats";

  private NatsCheck() {}

  /** Connects and measures a round trip; publishes nothing. */
  public static List<Check> run(NatsSettings settings) {
    return run(settings, NatsLink.CONNECT_WITHIN);
  }

  /**
   * Connects, and retries once after a timeout: the first TLS handshake of a JVM may take very long
   * on a slow dom0.
   */
  static List<Check> run(NatsSettings settings, Duration within) {
    AtomicReference<@Nullable Exception> last = new AtomicReference<>();
    for (boolean first = true; ; first = false) {
      try {
        return connect(settings, within, last);
      } catch (IOException | RuntimeException e) {
        Exception fault = Objects.requireNonNullElse(last.getAndSet(null), e);
        boolean timedOut =
            fault instanceof TimeoutException || fault.getCause() instanceof TimeoutException;
        if (!first || !timedOut) {
          return List.of(failure(fault));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of(Check.fail(NAME, "interrupted", "Retry."));
      }
    }
  }

  /**
   * Connects once.
   *
   * @param last receives the last exception that the client logged
   */
  private static List<Check> connect(
      NatsSettings settings, Duration within, AtomicReference<@Nullable Exception> last)
      throws IOException, InterruptedException {
    AtomicBoolean denied = new AtomicBoolean();
    Options.Builder builder =
        new Options.Builder()
            .servers(settings.servers().toArray(String[]::new))
            .connectionName("blkwarden-agent doctor " + HostToken.encode(settings.host()))
            .connectionTimeout(within)
            .errorListener(
                new ErrorListener() {
                  @Override
                  public void errorOccurred(Connection connection, String error) {
                    if (error.toLowerCase(Locale.ROOT).contains("permissions violation")) {
                      denied.set(true);
                    }
                  }

                  @Override
                  public void exceptionOccurred(Connection connection, Exception exception) {
                    last.set(exception);
                  }
                })
            .reportNoResponders()
            .noReconnect();
    settings.configure(builder);
    Connection connection = Nats.connect(builder.build());
    try {
      Duration roundTrip = connection.RTT();
      Check server =
          Check.ok(
              NAME,
              "connected to %s: round trip %.1f ms, nats-server %s, max_payload %d bytes"
                  .formatted(
                      connection.getConnectedUrl(),
                      roundTrip.toNanos() / 1e6,
                      connection.getServerInfo().getVersion(),
                      connection.getMaxPayload()));
      Optional<Check> jetStream = jetStream(connection, denied);
      return jetStream.map(check -> List.of(server, check)).orElseGet(() -> List.of(server));
    } finally {
      connection.close();
    }
  }

  /**
   * Why JetStream does not work; empty if it does, or these credentials do not permit the request.
   */
  private static Optional<Check> jetStream(Connection connection, AtomicBoolean denied)
      throws InterruptedException {
    return JetStreamFault.check(connection)
        .filter(_ -> !denied.get())
        .map(why ->
            Check.fail(
                "jetstream",
                why.error(),
                "Maps and outcomes are not stored without it: %s.".formatted(why.hint())));
  }

  private static Check failure(Exception fault) {
    CommandError why = NatsFault.of(fault);
    return Check.fail(
        NAME,
        "cannot connect: " + why.error(),
        "Fix: %s; set credentials with --creds or NATS_CREDS. map and top do not need NATS."
            .formatted(why.hint()));
  }
}
