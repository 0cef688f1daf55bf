package io.blkwarden.agent.nats;

import io.blkwarden.agent.doctor.Check;
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

/** What {@code doctor} says about NATS: whether a server answers, and what it is. */
public final class NatsCheck {
  private static final String NAME = "nats";

  private NatsCheck() {}

  /** Connects and asks for an answer; publishes nothing. */
  public static List<Check> run(NatsSettings settings) {
    return run(settings, NatsOptions.CONNECT_WITHIN);
  }

  /**
   * Connects, and once more where the server took the connection and time ran out: the first TLS of
   * a JVM that has just started may take longer on a slow dom0 than any that follow, which is what
   * a running agent finds out by trying again.
   */
  static List<Check> run(NatsSettings settings, Duration within) {
    try {
      try {
        return look(settings, within);
      } catch (Unreached first) {
        return first.late() ? look(settings, within) : List.of(failure(first));
      }
    } catch (Unreached e) {
      return List.of(failure(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(Check.fail(NAME, "interrupted", "Try again."));
    }
  }

  private static List<Check> look(NatsSettings settings, Duration within)
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
      settings.use(builder);
      Connection connection = Nats.connect(builder.build());
      try {
        Duration roundTrip = connection.RTT();
        Check server =
            Check.ok(
                NAME,
                "%s answers in %.1f ms, nats-server %s, messages up to %d bytes"
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

  /** What hinders JetStream; empty when nothing does, or when these credentials may not ask. */
  private static Optional<Check> jetStream(Connection connection, AtomicBoolean denied)
      throws InterruptedException {
    return JetStreamFault.check(connection)
        .filter(_ -> !denied.get())
        .map(why ->
            Check.fail(
                "jetstream",
                why.error(),
                "Maps and outcomes are not stored until it works: %s.".formatted(why.hint())));
  }

  private static Check failure(Unreached unreached) {
    Complaint why = NatsFault.of(unreached.fault);
    return Check.fail(
        NAME,
        "cannot connect: " + why.error(),
        "To mend it: %s; credentials are --creds or NATS_CREDS. map and top work without."
            .formatted(why.hint()));
  }

  /** A try that came to nothing. */
  private static final class Unreached extends Exception {
    private static final long serialVersionUID = 1L;

    private final Exception fault;

    Unreached(Exception fault) {
      super(fault);
      this.fault = fault;
    }

    /** A server that nobody reaches, or that refuses, says so by another exception. */
    boolean late() {
      return fault instanceof TimeoutException || fault.getCause() instanceof TimeoutException;
    }
  }
}
