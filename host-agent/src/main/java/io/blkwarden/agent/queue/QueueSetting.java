package io.blkwarden.agent.queue;

/** A setting of a device queue, a file below {@code /sys/block/NAME/queue}. */
public enum QueueSetting {
  /** The I/O scheduler. */
  SCHEDULER("scheduler", "scheduler"),
  /** How long idle requests of mq-deadline wait at most, in ms; a change of scheduler resets it. */
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

  /** The path below the root, for a kernel device name. */
  public String path(String device) {
    return "sys/block/" + device + "/queue/" + file;
  }
}
