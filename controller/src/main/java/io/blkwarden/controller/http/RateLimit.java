package io.blkwarden.controller.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A limit on requests per network address and time window; thread-safe.
 *
 * <p>An IPv6 address counts as its /64. Beyond {@link #ADDRESSES} addresses per window, all others
 * share one limit.
 */
final class RateLimit {
  static final int ADDRESSES = 1_024;

  private static final int PREFIX_BYTES = 8;
  private static final ByteBuffer OTHERS = ByteBuffer.allocate(0);

  private final int limit;
  private final long windowMillis;
  private final InstantSource clock;
  private final Map<ByteBuffer, Integer> taken = new HashMap<>();
  private long window;

  RateLimit(int limit, long windowMillis, InstantSource clock) {
    this.limit = limit;
    this.windowMillis = windowMillis;
    this.clock = clock;
  }

  /** Counts a request of an address; returns whether it is within the limit. */
  synchronized boolean take(InetAddress address) {
    long now = clock.millis() / windowMillis;
    if (now != window) {
      window = now;
      taken.clear();
    }
    ByteBuffer network = network(address);
    boolean tracked = taken.containsKey(network) || taken.size() < ADDRESSES;
    return taken.merge(tracked ? network : OTHERS, 1, Integer::sum) <= limit;
  }

  private static ByteBuffer network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(
        address instanceof Inet6Address ? Arrays.copyOf(bytes, PREFIX_BYTES) : bytes);
  }
}
