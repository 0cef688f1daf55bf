package io.blkwarden.controller.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * So many from each network address in each stretch of time, so that who guesses does not keep
 * others out; safe for use by several threads.
 *
 * <p>An IPv6 address stands for its /64, of which one machine may have all. At most {@link
 * #ADDRESSES} are told apart in a stretch; all others share one limit.
 */
final class RateLimit {
  static final int ADDRESSES = 1_024;

  private static final int PREFIX_BYTES = 8;
  private static final ByteBuffer OTHERS = ByteBuffer.allocate(0);

  private final int most;
  private final long stretchMillis;
  private final InstantSource clock;
  private final Map<ByteBuffer, Integer> taken = new HashMap<>();
  private long stretch;

  RateLimit(int most, long stretchMillis, InstantSource clock) {
    this.most = most;
    this.stretchMillis = stretchMillis;
    this.clock = clock;
  }

  /** Whether one more may be taken by this address now. */
  synchronized boolean take(InetAddress address) {
    long now = clock.millis() / stretchMillis;
    if (now != stretch) {
      stretch = now;
      taken.clear();
    }
    ByteBuffer network = network(address);
    boolean apart = taken.containsKey(network) || taken.size() < ADDRESSES;
    return taken.merge(apart ? network : OTHERS, 1, Integer::sum) <= most;
  }

  private static ByteBuffer network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(
        address instanceof Inet6Address ? Arrays.copyOf(bytes, PREFIX_BYTES) : bytes);
  }
}
