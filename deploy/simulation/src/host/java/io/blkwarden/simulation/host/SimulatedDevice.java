package io.blkwarden.simulation.host;

import java.util.ArrayList;
import java.util.List;

/**
 * A physical disk that simulated guest disks contend for. Its capacity in I/Os per second is
 * divided by waiting requests, their weight, and the scheduler.
 */
final class SimulatedDevice {
  /** Length of a step of the model, in ms. */
  static final double STEP_MILLIS = 10;

  private final ServiceOrder order;
  private final double perSecond;
  private final List<SimulatedDisk> disks = new ArrayList<>();
  private double busyMillis;
  private double credit;

  SimulatedDevice(ServiceOrder order, double perSecond) {
    this.order = order;
    this.perSecond = perSecond;
  }

  void add(SimulatedDisk disk) {
    disks.add(disk);
  }

  /** Busy time, in ms. */
  double busyMillis() {
    return busyMillis;
  }

  /** Advances the model by one step. */
  void step() {
    disks.forEach(disk -> disk.arrive(STEP_MILLIS));
    double capacity = Math.min(perSecond * STEP_MILLIS / 1_000 + credit, 4);
    List<SimulatedDisk> last = new ArrayList<>();
    List<SimulatedDisk> first = new ArrayList<>();
    for (SimulatedDisk disk : disks) {
      if (disk.waiting() > 0) {
        (order.servedLast(disk.priority) ? last : first).add(disk);
      }
    }
    double aged = last.isEmpty() || first.isEmpty() ? 0 : capacity * ServiceOrder.IDLE_SHARE;
    double used = serve(first, capacity - aged);
    used += serve(last, capacity - used);
    boolean waits = disks.stream().anyMatch(disk -> disk.waiting() >= 1);
    credit = waits ? capacity - used : 0;
    busyMillis += waits ? STEP_MILLIS : Math.min(STEP_MILLIS, used * 1_000 / perSecond);
  }

  /** Divides the capacity by weight and waiting requests; returns how much was used. */
  private double serve(List<SimulatedDisk> group, double capacity) {
    double wanted = 0;
    for (SimulatedDisk disk : group) {
      wanted += order.weight(disk.priority) * disk.waiting();
    }
    double used = 0;
    for (SimulatedDisk disk : group) {
      double part = order.weight(disk.priority) * disk.waiting() / wanted;
      double ios = Math.min(disk.waiting(), Math.max(0, capacity) * part);
      disk.complete(ios, STEP_MILLIS, 1_000 / perSecond);
      used += ios;
    }
    return used;
  }

  /** The device's line in {@code /sys/block/<dev>/stat}: the I/Os of all its disks. */
  String stat() {
    Counters sum = new Counters();
    disks.forEach(disk -> sum.addIos(disk.counters));
    sum.add(0, 0, 0, busyMillis);
    return sum.stat(disks.stream().mapToDouble(SimulatedDisk::waiting).sum());
  }
}
