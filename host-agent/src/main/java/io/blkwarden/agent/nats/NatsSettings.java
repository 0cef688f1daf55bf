package io.blkwarden.agent.nats;

import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How to reach the controllers.
 *
 * @param servers URLs such as {@code nats://10.0.0.1:4222}, 1 to 32
 * @param credentials how this host is known; empty when the server asks for none
 * @param tls how servers show who they are; empty when nothing is encrypted
 * @param host who speaks
 * @param subjects of the installation
 * @param reconnectSpread a lost connection is tried again after a random part of this, so that
 *     thousands of agents do not come back in one instant
 */
public record NatsSettings(
    List<String> servers,
    Optional<Credentials> credentials,
    Optional<SSLContext> tls,
    HostId host,
    Subjects subjects,
    Duration reconnectSpread) {
  public NatsSettings {
    servers = Require.list(servers, 32, "servers");
    Require.within(servers.size(), 1, 32, "servers (count)");
    Require.present(host, "host");
    Require.present(subjects, "subjects");
    Require.within(reconnectSpread.toMillis(), 1, 600_000, "reconnect spread in ms");
  }

  /** Settings without encryption. */
  public NatsSettings(
      List<String> servers,
      Optional<Credentials> credentials,
      HostId host,
      Subjects subjects,
      Duration reconnectSpread) {
    this(servers, credentials, Optional.empty(), host, subjects, reconnectSpread);
  }

  /** Lets a connection use what is known of servers and of oneself. */
  void use(Options.Builder options) {
    credentials.ifPresent(known -> known.use(options));
    tls.ifPresent(trust ->
        options
            .sslContext(trust)
            // otherwise it goes by addresses, and the server's name is lost
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs));
  }
}
