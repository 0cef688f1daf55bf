package io.blkwarden.controller.http;

import java.nio.file.Path;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.tcp.SslProvider;

/**
 * A certificate chain and its private key, in PEM (RFC 7468).
 *
 * @param chain the server's own certificate first
 * @param key PKCS #8, not encrypted
 */
public record Tls(Path chain, Path key) {
  void configure(SslProvider.SslContextSpec spec) {
    SslProvider.GenericSslContextSpec<?> context =
        Http11SslContextSpec.forServer(chain.toFile(), key.toFile());
    spec.sslContext(context);
  }
}
