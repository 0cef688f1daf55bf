package io.blkwarden.agent.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How often each disk was waited for because its guest announced more rings than it has: at most
 * {@link #MAX_WAITS} times, so that a guest cannot keep its disk unresolved by announcing again and
 * again.
 */
final class RingWaits {
  /** Most waits for one disk, each for threads that began at another time. */
  static final int MAX_WAITS = 2;

  /** After so long without an announcement a disk is waited for again: 10 min. */
  static final long RESET_TICKS = 60_000;

  private final Map<Disk, Wait> waits;
  private final @Nullable Long uptimeTicks;

  private RingWaits(Map<Disk, Wait> waits, @Nullable Long uptimeTicks) {
    this.waits = waits;
    this.uptimeTicks = uptimeTicks;
  }

  /** A disk over reboots of its guest, which change the domid. */
  private record Disk(UUID domain, int handle) {}

  /**
   * The waits for a disk.
   *
   * @param youngest start of the disk's youngest thread at each wait
   * @param lastTicks uptime at the last announcement
   */
  private record Wait(List<Long> youngest, long lastTicks) {}

  /** No disk was waited for. */
  static RingWaits none() {
    return new RingWaits(Map.of(), null);
  }

  /** The same waits, to go on with at this uptime; those that are too old are forgotten. */
  RingWaits at(@Nullable Long nowTicks) {
    Map<Disk, Wait> lasting = new HashMap<>(waits);
    if (nowTicks != null) {
      lasting.values().removeIf(wait -> nowTicks - wait.lastTicks() > RESET_TICKS);
    }
    return new RingWaits(lasting, nowTicks);
  }

  /** Whether to wait for a disk whose guest announces more rings and whose threads are young. */
  boolean shouldWait(Vbd vbd, long youngestTicks) {
    if (vbd.domain() == null || uptimeTicks == null) {
      return true;
    }
    Disk disk = new Disk(vbd.domain().uuid(), vbd.backend().handle());
    List<Long> youngest =
        new ArrayList<>(waits.getOrDefault(disk, new Wait(List.of(), 0)).youngest());
    boolean known = youngest.contains(youngestTicks);
    boolean waits = known || youngest.size() < MAX_WAITS;
    if (waits && !known) {
      youngest.add(youngestTicks);
    }
    this.waits.put(disk, new Wait(List.copyOf(youngest), uptimeTicks));
    return waits;
  }
}
