package io.blkwarden.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
  private long millis = 1_000_000;
  private final RateLimit limit = new RateLimit(2, 10_000, () -> Instant.ofEpochMilli(millis));

  private boolean take(String address) throws UnknownHostException {
    return limit.take(InetAddress.getByName(address));
  }

  @Test
  void limitOfOneAddressDoesNotAffectOthers() throws Exception {
    assertThat(take("10.0.0.1")).isTrue();
    assertThat(take("10.0.0.1")).isTrue();
    assertThat(take("10.0.0.1")).isFalse();
    assertThat(take("10.0.0.2")).isTrue();
    millis += 10_000;
    assertThat(take("10.0.0.1")).isTrue();
  }

  @Test
  void ipv6AddressesCountByPrefix() throws Exception {
    assertThat(take("2001:db8::1")).isTrue();
    assertThat(take("2001:db8::2")).isTrue();
    assertThat(take("2001:db8::ffff:3")).isFalse();
    assertThat(take("2001:db8:0:1::1")).isTrue();
  }

  @Test
  void furtherAddressesShareOneLimit() throws Exception {
    for (int i = 0; i < RateLimit.ADDRESSES; i++) {
      assertThat(take("10.1.%d.%d".formatted(i / 256, i % 256))).isTrue();
    }
    assertThat(take("10.2.0.1")).isTrue();
    assertThat(take("10.2.0.2")).isTrue();
    assertThat(take("10.2.0.3")).isFalse();
    assertThat(take("10.1.0.0")).as("a known address").isTrue();
  }
}
