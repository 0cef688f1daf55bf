package io.blkwarden.controller.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.tcp.SslProvider;

/**
 * Settings of the HTTP server.
 *
 * @param address listen address; port 0 picks a free one
 * @param names accepted host names besides {@code localhost} and addresses, in lower case
 * @param tls certificate and key; absent for plain HTTP
 * @param limits limits on connections
 * @param grafana link to older data, an HTTP URL; absent for none
 */
public record HttpSettings(
    InetSocketAddress address,
    Set<String> names,
    @Nullable Tls tls,
    Connections.Limits limits,
    @Nullable URI grafana) {
  public HttpSettings {
    names = Set.copyOf(names);
  }

  /** Settings with the default limits. */
  public HttpSettings(
      InetSocketAddress address, Set<String> names, @Nullable Tls tls, @Nullable URI grafana) {
    this(address, names, tls, Connections.Limits.DEFAULT, grafana);
  }

  /**
   * A certificate chain and its private key, in PEM (RFC 7468).
   *
   * @param chain the server's certificate first
   * @param key PKCS #8, unencrypted
   */
  public record Tls(Path chain, Path key) {
    void configure(SslProvider.SslContextSpec spec) {
      SslProvider.GenericSslContextSpec<?> context =
          Http11SslContextSpec.forServer(chain.toFile(), key.toFile());
      spec.sslContext(context);
    }
  }
}
