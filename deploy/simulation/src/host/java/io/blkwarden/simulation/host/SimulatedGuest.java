package io.blkwarden.simulation.host;

import java.util.UUID;

/** A guest of a simulated dom0. It keeps its volumes; each run has a new domid. */
final class SimulatedGuest {
  /** Domid of a stopped guest. */
  static final int STOPPED = -1;

  private final String name;
  private final UUID uuid;
  private final int rings;
  private final SimulatedDisk root;
  private final SimulatedDisk swap;
  private int domid = STOPPED;
  private int rootMinor;
  private int swapMinor;

  SimulatedGuest(String name, UUID uuid, int rings, SimulatedDisk root, SimulatedDisk swap) {
    this.name = name;
    this.uuid = uuid;
    this.rings = rings;
    this.root = root;
    this.swap = swap;
  }

  static String vdev(boolean swap) {
    return swap ? "xvda2" : "xvda1";
  }

  String name() {
    return name;
  }

  UUID uuid() {
    return uuid;
  }

  int rings() {
    return rings;
  }

  SimulatedDisk disk(boolean ofSwap) {
    return ofSwap ? swap : root;
  }

  String volume(boolean ofSwap) {
    return name + (ofSwap ? "_swap" : "_img");
  }

  int minor(boolean ofSwap) {
    return ofSwap ? swapMinor : rootMinor;
  }

  void minor(boolean ofSwap, int minor) {
    if (ofSwap) {
      swapMinor = minor;
    } else {
      rootMinor = minor;
    }
  }

  int domid() {
    return domid;
  }

  void domid(int now) {
    domid = now;
  }
}
