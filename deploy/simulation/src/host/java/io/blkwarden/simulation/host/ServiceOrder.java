package io.blkwarden.simulation.host;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.IoPriority.IoClass;
import java.util.Locale;

/**
 * The effect of I/O priorities in a simulated device's scheduler.
 *
 * <p>A simplification of what was measured on a real dom0 with Linux 6.1: {@code mq-deadline}
 * serves the idle class only if no other request waits, except for aged requests, and ignores
 * levels; {@code bfq} weighs levels unless its queues are merged, and then ignores priorities;
 * {@code none} and {@code kyber} ignore them.
 */
public enum ServiceOrder {
  NONE(false, false),
  KYBER(false, false),
  MQ_DEADLINE(true, false),
  BFQ(true, true),
  BFQ_MERGED(false, false);

  /** Share of the device that ageing gives the idle class while others wait. */
  static final double IDLE_SHARE = 0.03;

  private final boolean classes;
  private final boolean levels;

  ServiceOrder(boolean classes, boolean levels) {
    this.classes = classes;
    this.levels = levels;
  }

  /** The scheduler's name in {@code queue/scheduler}. */
  String kernelName() {
    return this == BFQ_MERGED ? "bfq" : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The text of {@code queue/scheduler}, with the active one in brackets. */
  String schedulers() {
    return "none kyber mq-deadline bfq".replace(kernelName(), "[" + kernelName() + "]");
  }

  /** Whether the idle class has an effect. */
  public boolean heeds() {
    return classes;
  }

  /** Whether tasks of this priority wait for all others. */
  boolean servedLast(IoPriority priority) {
    return classes && priority.ioClass() == IoClass.IDLE;
  }

  /** Weight among the requests served together. */
  double weight(IoPriority priority) {
    return levels && priority.ioClass() == IoClass.BEST_EFFORT ? 8.0 - priority.level() : 4.0;
  }
}
