package io.blkwarden.model.subject;

import io.blkwarden.model.HostId;
import java.nio.charset.StandardCharsets;

/**
 * The partition of a host: FNV-1a of 32 bits over the host name's UTF-8 bytes, modulo 64.
 *
 * <p>Offset basis 2166136261, prime 16777619 (draft-eastlake-fnv), unsigned arithmetic.
 */
public final class Partition {
  /** Number of partitions. */
  public static final int COUNT = 64;

  private Partition() {}

  /** The partition of a host, 0 to 63. */
  public static int of(HostId host) {
    int hash = 0x811C9DC5;
    for (byte b : host.value().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 16777619;
    }
    return Integer.remainderUnsigned(hash, COUNT);
  }
}
