package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;

/** A host on which vm176 swaps beside vm5, and what their disks do in a second of it. */
final class SwappingHost extends TestHost {
  final int noisy = addSwap(176);
  final int neighbour = add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);

  SwappingHost() {
    this("dom0-7");
  }

  SwappingHost(String name) {
    super(name);
  }

  /** Nothing restrains it, and the neighbour waits. */
  void storm() {
    reads(noisy, 800, 2, 990, 4);
    reads(neighbour, 50, 40, 900, 2);
  }

  /** It still swaps, and the neighbour waits less than in the storm. */
  void tamed() {
    reads(noisy, 60, 15, 990, 4);
    reads(neighbour, 400, 5, 900, 2);
  }

  /** It still swaps, and the neighbour waits more than in the storm. */
  void harmed() {
    reads(noisy, 700, 2, 990, 4);
    reads(neighbour, 20, 120, 900, 4);
  }

  /** It swaps no more. */
  void quiet() {
    reads(noisy, 5, 1, 5, 0);
    reads(neighbour, 100, 2, 200, 0);
  }
}
