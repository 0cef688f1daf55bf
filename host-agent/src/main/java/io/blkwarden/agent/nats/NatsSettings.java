package io.blkwarden.agent.nats;

import io.blkwarden.commandline.nats.NatsCredentials;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The settings of the NATS connection.
 *
 * @param servers URLs such as {@code nats://10.0.0.1:4222}, 1 to 32
 * @param credentials credentials of this host; empty for none
 * @param tls TLS with server verification; empty for no TLS
 * @param host the host name
 * @param subjects the subjects of the installation
 * @param reconnectSpread longest random delay before a reconnect attempt, so that thousands of
 *     agents do not reconnect at once
 */
public record NatsSettings(
    List<String> servers,
    Optional<NatsCredentials> credentials,
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

  /** Configures credentials and TLS of a connection. */
  void configure(Options.Builder options) {
    credentials.ifPresent(known -> known.configure(options));
    tls.ifPresent(trust ->
        options
            .sslContext(trust)
            // other modes connect to addresses, so the server name cannot be verified
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs));
  }
}
