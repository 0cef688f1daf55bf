package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;

/** A host with vm176, which swaps, and vm5; methods add the I/O of one second. */
final class SwappingHost extends TestHost {
  final int noisy = addSwap(176);
  final int neighbour = add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);

  SwappingHost() {
    this("dom0-7");
  }

  SwappingHost(String name) {
    super(name);
  }

  /** It swaps unthrottled, and the neighbour's latency is high. */
  void storm() {
    reads(noisy, 800, 2, 990, 4);
    reads(neighbour, 50, 40, 900, 2);
  }

  /** It still swaps, and the neighbour's latency is lower than in the storm. */
  void throttled() {
    reads(noisy, 60, 15, 990, 4);
    reads(neighbour, 400, 5, 900, 2);
  }

  /** It still swaps, and the neighbour's latency is higher than in the storm. */
  void harmed() {
    reads(noisy, 700, 2, 990, 4);
    reads(neighbour, 20, 120, 900, 4);
  }

  /** It no longer swaps. */
  void quiet() {
    reads(noisy, 5, 1, 5, 0);
    reads(neighbour, 100, 2, 200, 0);
  }
}
