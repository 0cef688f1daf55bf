package io.blkwarden.agent.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The waits for disks whose guest announced more rings than it has. At most {@link #MAX_WAITS} per
 * disk, so that a guest cannot keep its disk unresolved.
 */
final class RingWaits {
  /** Maximum waits per disk, each for threads with another start time. */
  static final int MAX_WAITS = 2;

  /** Time without an announcement after which a disk's waits are reset: 10 min. */
  static final long RESET_TICKS = 60_000;

  private final Map<Disk, Wait> waits;
  private final @Nullable Long uptimeTicks;

  private RingWaits(Map<Disk, Wait> waits, @Nullable Long uptimeTicks) {
    this.waits = waits;
    this.uptimeTicks = uptimeTicks;
  }

  /** A disk across reboots of its guest, which change the domid. */
  private record Disk(UUID domain, int handle) {}

  /**
   * The waits for a disk.
   *
   * @param youngest start time of the disk's youngest thread at each wait
   * @param lastTicks uptime at the last announcement
   */
  private record Wait(List<Long> youngest, long lastTicks) {}

  /** No waits. */
  static RingWaits none() {
    return new RingWaits(Map.of(), null);
  }

  /** A copy for this uptime without expired waits. */
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
