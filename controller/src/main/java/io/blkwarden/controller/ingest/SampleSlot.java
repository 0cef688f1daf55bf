package io.blkwarden.controller.ingest;

import io.blkwarden.model.HostId;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One host's latest batch of samples that the brain has not seen; a later one replaces it. */
final class SampleSlot {
  private final HostId host;
  private final Lane lane;
  private final AtomicReference<byte @Nullable []> latest = new AtomicReference<>();

  SampleSlot(HostId host, Lane lane) {
    this.host = host;
    this.lane = lane;
  }

  HostId host() {
    return host;
  }

  /** Puts a batch in; true when it replaced one. */
  boolean put(byte[] batch) {
    if (latest.getAndSet(batch) != null) {
      return true;
    }
    lane.ready(this);
    return false;
  }

  byte @Nullable [] take() {
    return latest.getAndSet(null);
  }
}
