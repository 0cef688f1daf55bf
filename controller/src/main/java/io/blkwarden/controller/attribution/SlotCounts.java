package io.blkwarden.controller.attribution;

/**
 * The slots of a disk by the latency of its neighbours.
 *
 * @param known slots in which it was measured
 * @param affected of these, slots with affected neighbours
 * @param calm of these, slots without
 * @param share its share of all known disks' device time in the affected slots
 * @param work per second in the affected slots, at constant costs
 */
record SlotCounts(int known, int affected, int calm, double share, double work) {
  static SlotCounts of(
      AttributionWindow window, NeighbourLatencies latencies, int disk, double hurtAwaitMillis) {
    int known = 0;
    int affected = 0;
    int calm = 0;
    double own = 0;
    double work = 0;
    double all = 0;
    for (int slot = 0; slot < window.slots(); slot++) {
      if (window.known(slot, disk)) {
        known++;
        double await = latencies.besides(slot, disk);
        if (await > hurtAwaitMillis) {
          affected++;
          own += window.busy(slot, disk);
          work += window.work(slot, disk);
          all += total(window, slot);
        } else if (!Double.isNaN(await)) {
          calm++;
        }
      }
    }
    return new SlotCounts(
        known, affected, calm, all > 0 ? own / all : 0, affected > 0 ? work / affected : 0);
  }

  private static double total(AttributionWindow window, int slot) {
    double sum = 0;
    for (int disk = 0; disk < window.disks(); disk++) {
      sum += window.known(slot, disk) ? window.busy(slot, disk) : 0;
    }
    return sum;
  }

  int comparable() {
    return affected + calm;
  }

  boolean enough() {
    return affected >= AttributionRule.SLOTS_MIN && calm >= AttributionRule.SLOTS_MIN;
  }
}
