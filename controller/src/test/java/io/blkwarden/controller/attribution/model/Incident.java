package io.blkwarden.controller.attribution.model;

import io.blkwarden.controller.attribution.AttributionWindow;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A generated incident on the {@link DiskModel}, with its known culprits.
 *
 * @param kind what happened
 * @param window its measurements; one value in fifty is unknown
 * @param culprits disks that caused it; empty if none did
 */
public record Incident(Kind kind, AttributionWindow window, Set<Integer> culprits) {
  /** Latency above which neighbours are affected. */
  public static final double HURT_MILLIS = 25;

  private static final double SLOT_MILLIS = 5_000;
  private static final double UNKNOWN = 0.02;
  private static final double ACTIVE = 0.85;

  /** The same incident for the same seed. */
  public static Incident generate(Kind kind, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + kind.name().hashCode());
    int disks = kind == Kind.MANY_SMALL ? random.nextInt(14, 24) : random.nextInt(4, 12);
    Load[] quiet = new Load[disks];
    for (int disk = 0; disk < disks; disk++) {
      quiet[disk] = Load.random(random.nextDouble(1, 40.0 / disks));
    }
    if (kind == Kind.LOUD_VICTIM) {
      quiet[1] = Load.random(random.nextDouble(50, 90));
    }
    int start = random.nextInt(20, 45);
    Load storm = storm(kind, random);
    DiskModel model = new DiskModel(disks, random.split());
    AttributionWindow window = new AttributionWindow(disks);
    for (int slot = 0; slot < AttributionWindow.SLOTS; slot++) {
      boolean active = slot >= start && random.nextDouble() < ACTIVE;
      Load[] loads = loads(kind, quiet, storm, active, random);
      double slow = active && kind == Kind.SLOW_DEVICE ? 6 : 1;
      model.run((slot + 1) * SLOT_MILLIS, loads, slow);
      see(model, window, random);
    }
    return new Incident(kind, window, culprits(kind));
  }

  private static Load storm(Kind kind, SplittableRandom random) {
    boolean backup =
        switch (kind) {
          case BACKUP_READ, LOUD_VICTIM -> true;
          case COINCIDENCE, BURSTY_NEIGHBOUR -> random.nextBoolean();
          case SWAP_STORM, MANY_SMALL, TWO_CULPRITS, SLOW_DEVICE -> false;
        };
    return backup
        ? new Load(0, random.nextInt(4, 12), 1 << 20, true)
        : new Load(0, random.nextInt(8, 32), 4_096, false);
  }

  private static Load[] loads(
      Kind kind, Load[] quiet, Load storm, boolean active, SplittableRandom random) {
    Load[] loads = Arrays.copyOf(quiet, quiet.length);
    if (kind == Kind.BURSTY_NEIGHBOUR && random.nextDouble() < 0.3) {
      loads[1] = Load.random(60);
    }
    if (!active) {
      return loads;
    }
    switch (kind) {
      case SWAP_STORM, BACKUP_READ, LOUD_VICTIM, BURSTY_NEIGHBOUR -> loads[0] = storm;
      case TWO_CULPRITS -> {
        loads[0] = storm;
        loads[1] = new Load(0, Math.max(8, storm.depth() * 3 / 4), 4_096, false);
      }
      case COINCIDENCE -> {
        loads[0] = storm;
        loads[1] = Load.random(50);
      }
      case MANY_SMALL ->
          Arrays.setAll(loads, disk -> Load.random(quiet[disk].arrivals() + 700.0 / quiet.length));
      case SLOW_DEVICE -> {}
    }
    return loads;
  }

  private static void see(DiskModel model, AttributionWindow window, SplittableRandom random) {
    double seconds = SLOT_MILLIS / 1_000;
    window.beginSlot();
    for (int disk = 0; disk < window.disks(); disk++) {
      double busy = model.takeBusyMillis(disk) / seconds;
      double ios = model.takeIos(disk) / seconds;
      double bytes = model.takeBytes(disk) / seconds;
      if (random.nextDouble() >= UNKNOWN) {
        window.put(disk, busy, ios, bytes);
      }
    }
  }

  private static Set<Integer> culprits(Kind kind) {
    return switch (kind) {
      case MANY_SMALL, SLOW_DEVICE -> Set.of();
      case TWO_CULPRITS -> new TreeSet<>(Set.of(0, 1));
      case SWAP_STORM, BACKUP_READ, LOUD_VICTIM, COINCIDENCE, BURSTY_NEIGHBOUR -> Set.of(0);
    };
  }
}
