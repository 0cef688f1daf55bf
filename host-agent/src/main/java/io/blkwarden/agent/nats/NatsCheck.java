package io.blkwarden.agent.nats;

import io.blkwarden.commandline.Check;
import io.blkwarden.commandline.Complaint;
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
    try {
      try {
        return connect(settings, within);
      } catch (Unreached first) {
        return first.timedOut() ? connect(settings, within) : List.of(failure(first));
      }
    } catch (Unreached e) {
      return List.of(failure(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(Check.fail(NAME, "interrupted", "Retry."));
    }
  }

  private static List<Check> connect(NatsSettings settings, Duration within)
      throws Unreached, InterruptedException {
    AtomicReference<@Nullable Exception> last = new AtomicReference<>();
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
    try {
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
    } catch (IOException | RuntimeException e) {
      throw new Unreached(Objects.requireNonNullElse(last.get(), e));
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

  private static Check failure(Unreached unreached) {
    Complaint why = NatsFault.of(unreached.fault);
    return Check.fail(
        NAME,
        "cannot connect: " + why.error(),
        "Fix: %s; set credentials with --creds or NATS_CREDS. map and top do not need NATS."
            .formatted(why.hint()));
  }

  /** A failed connection attempt. */
  private static final class Unreached extends Exception {
    private static final long serialVersionUID = 1L;

    private final Exception fault;

    Unreached(Exception fault) {
      super(fault);
      this.fault = fault;
    }

    /** Whether the attempt timed out, as opposed to unreachable or refused. */
    boolean timedOut() {
      return fault instanceof TimeoutException || fault.getCause() instanceof TimeoutException;
    }
  }
}
