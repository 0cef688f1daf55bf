package io.blkwarden.controller.nats;

import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.commandline.nats.NatsFault;
import io.blkwarden.commandline.nats.ServerTrust;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Creates connections that reconnect without limit and never block a publisher.
 *
 * <p>While a connection is lost nothing is buffered: publishing fails at once, because a stale
 * command or sample after an outage would do harm; callers that must not lose messages keep them.
 * When the socket accepts no data, messages are dropped and counted.
 */
record Connector(NatsSettings settings) {
  private static final long FIRST_DELAY_MILLIS = 250;
  private static final int DOUBLINGS = 4;
  private static final Duration PING = Duration.ofSeconds(10);

  /** Connects; blocks for some seconds at most. */
  Connection connect(String link, ConnectionLog listener) throws NatsException {
    try {
      return Nats.connect(options(link, listener));
    } catch (AuthenticationException e) {
      boolean given = settings.credentials() != null;
      throw new NatsException(
          "NATS at %s %s (%s)"
              .formatted(
                  settings.printableServers(),
                  given ? "refuses these credentials" : "requires credentials",
                  e.getMessage()),
          given ? "check --creds or NATS_CREDS" : "set --creds or NATS_CREDS",
          e);
    } catch (IOException e) {
      throw unreachable(Optional.ofNullable(listener.lastFault()).orElse(e));
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new NatsException(
          "NATS at %s or its credentials cannot be used (%s)"
              .formatted(settings.printableServers(), e.getMessage()),
          "check --nats and --creds",
          e);
    }
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reports the last failure that jnats logged, not its summary. */
  private NatsException unreachable(Exception last) {
    CommandError fault = NatsFault.of(last);
    return new NatsException(
        "cannot reach NATS at %s (%s)".formatted(settings.printableServers(), fault.error()),
        fault.hint(),
        last);
  }

  private Options options(String link, ConnectionLog listener) throws NatsException {
    Options.Builder options =
        Options.builder()
            .servers(settings.servers().split(",", -1))
            .connectionName("blkwarden-" + settings.instance() + "-" + link)
            .errorListener(listener)
            .connectionListener(listener)
            .maxReconnects(-1)
            .reconnectDelayBehavior(Options.ReconnectDelayBehavior.BeforeAllRounds)
            .reconnectDelayHandler(Connector::reconnectDelay)
            .reconnectBufferSize(0)
            .discardMessagesWhenOutgoingQueueFull()
            .reportNoResponders()
            .requestCleanupInterval(Duration.ofMillis(500))
            // the server's TLS timeout: on a busy machine a JVM that has just started takes seconds
            .connectionTimeout(Duration.ofSeconds(10))
            .socketWriteTimeout(Duration.ofSeconds(20))
            .pingInterval(PING)
            .maxPingsOut(2);
    if (settings.secure()) {
      options
          .sslContext(trust(settings.authorities()))
          // otherwise jnats connects by address, and the server name is not verified
          .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs);
    }
    Path credentials = settings.credentials();
    if (credentials != null) {
      try {
        NatsCredentials user = NatsCredentials.read(credentials);
        user.configure(options);
        if (user.seed().isPresent()) { // no other user may subscribe to this inbox
          options.inboxPrefix("_INBOX." + user.publicKey().orElseThrow() + ".");
        }
      } catch (IOException | IllegalArgumentException e) {
        throw unusable(
            "NATS credentials " + credentials, e, "check --creds, NATS_CREDS and its mode");
      }
    }
    return options.build();
  }

  private static SSLContext trust(@Nullable Path authorities) throws NatsException {
    if (authorities == null) {
      return ServerTrust.ofJava();
    }
    try {
      return ServerTrust.of(authorities);
    } catch (IOException | IllegalArgumentException e) {
      throw unusable("CA certificates " + authorities, e, "check --nats-ca and NATS_CA");
    }
  }

  private static NatsException unusable(String file, Exception e, String hint) {
    String error =
        e instanceof IOException
            ? "cannot read the %s (%s)".formatted(file, e.getClass().getSimpleName())
            : "the %s are %s".formatted(file, e.getMessage());
    return new NatsException(error, hint, e);
  }

  /** Random up to a bound that doubles to 4 s, to avoid a reconnection storm. */
  private static Duration reconnectDelay(long round) {
    long bound = FIRST_DELAY_MILLIS << Math.clamp(round - 1, 0, DOUBLINGS);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound) + 1);
  }
}
