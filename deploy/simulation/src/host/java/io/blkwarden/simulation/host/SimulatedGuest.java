package io.blkwarden.simulation.host;

import java.util.List;
import java.util.UUID;

/** A guest of a simulated dom0. It keeps its volumes; each run has a new domid. */
final class SimulatedGuest {
  /** Domid of a stopped guest. */
  static final int STOPPED = -1;

  final String name;
  final UUID uuid;

  /** Rings of each disk. */
  final int rings;

  final SimulatedDisk root;
  final SimulatedDisk swap;
  int domid = STOPPED;

  SimulatedGuest(String name, UUID uuid, int rings, SimulatedDisk root, SimulatedDisk swap) {
    this.name = name;
    this.uuid = uuid;
    this.rings = rings;
    this.root = root;
    this.swap = swap;
  }

  List<SimulatedDisk> disks() {
    return List.of(root, swap);
  }
}
