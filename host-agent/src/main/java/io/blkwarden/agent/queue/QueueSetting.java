package io.blkwarden.agent.queue;

/** A setting of a device's queue below {@code /sys/block/NAME/queue}. */
public enum QueueSetting {
  /** Which I/O scheduler is active. */
  SCHEDULER("scheduler", "scheduler"),
  /** How long mq-deadline lets the idle class wait, in ms; every change of scheduler resets it. */
  AGING("prio_aging_expire", "iosched/prio_aging_expire");

  private final String wire;
  private final String file;

  QueueSetting(String wire, String file) {
    this.wire = wire;
    this.file = file;
  }

  /** Name in messages and in the state file. */
  public String wire() {
    return wire;
  }

  /** Where it is below the root, for a device of this kernel name. */
  public String path(String device) {
    return "sys/block/" + device + "/queue/" + file;
  }
}
