package io.blkwarden.controller.http;

import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where HTTP is served.
 *
 * @param address where; port 0 for any free one
 * @param names names of this server besides {@code localhost} and addresses, in lower case
 * @param tls how it is encrypted; absent when it is not
 * @param limits how many may be connected, and for how long
 */
public record HttpSettings(
    InetSocketAddress address, Set<String> names, @Nullable Tls tls, Connections.Limits limits) {
  public HttpSettings {
    names = Set.copyOf(names);
  }

  /** A place with the usual limits. */
  public HttpSettings(InetSocketAddress address, Set<String> names, @Nullable Tls tls) {
    this(address, names, tls, Connections.Limits.DEFAULT);
  }

  /** A place without other names and encryption. */
  public HttpSettings(InetSocketAddress address) {
    this(address, Set.of(), null);
  }
}
