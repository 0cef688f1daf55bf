package io.blkwarden.agent.app;

import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.Heartbeat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue settings of physical devices. The core and lease threads set devices, read the state
 * and request a restore; only {@code agent-queues} changes settings, because a change of scheduler
 * blocks until the device's requests are done.
 */
final class QueueKeeper {
  /** Interval of checks. */
  static final long INTERVAL_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(QueueKeeper.class);

  private final Optional<QueueTuner> tuner;
  private final Runnable changed;
  private volatile List<String> devices = List.of();
  private volatile boolean restoring;
  private String loggedNote = "";

  /**
   * Creates the keeper.
   *
   * @param changed called after a change, so that the host is scanned
   */
  QueueKeeper(Optional<QueueTuner> tuner, Runnable changed) {
    this.tuner = tuner;
    this.changed = changed;
  }

  /** Sets the devices: those below resolved disks. */
  void setDevices(List<MappedDisk> disks) {
    devices =
        disks.stream()
            .filter(disk -> disk.state() == MappingState.RESOLVED)
            .flatMap(disk -> disk.physical().stream())
            .map(PhysicalDevice::name)
            .distinct()
            .sorted()
            .toList();
  }

  /** Checks and changes settings, on the queue thread. */
  void update() {
    try {
      tuner.ifPresent(this::update);
    } catch (RuntimeException e) {
      LOG.error("queue settings check failed", e);
    }
  }

  private void update(QueueTuner queues) {
    List<ChangedSetting> before = queues.changes();
    if (restoring) {
      queues.restoreAll();
    } else {
      queues.tune(devices);
    }
    List<ChangedSetting> now = queues.changes();
    now.stream()
        .filter(setting -> !before.contains(setting))
        .forEach(setting -> LOG.warn("queue setting changed: {}", setting.describe()));
    before.stream()
        .filter(setting -> !now.contains(setting))
        .forEach(setting -> LOG.warn("queue setting restored or left: {}", setting.describe()));
    String note = queues.note().orElse("");
    if (!note.equals(loggedNote)) {
      loggedNote = note;
      LOG.warn("queue settings: {}", note.isEmpty() ? "no problems any more" : note);
    }
    if (!before.equals(now)) {
      changed.run();
    }
  }

  /** Whether there is nothing to change or restore. */
  boolean idle() {
    return tuner.map(QueueTuner::idle).orElse(true);
  }

  /** Requests that the next update restores all settings and changes no more. */
  void requestRestore() {
    restoring = true;
  }

  /** Restores all settings, on the queue thread. */
  void restoreNow() {
    requestRestore();
    update();
  }

  /** Changed settings that are not restored yet. */
  List<ChangedSetting> changes() {
    return tuner.map(QueueTuner::changes).orElse(List.of());
  }

  /** Problems, such as settings that could not be changed. */
  Optional<String> note() {
    return tuner.flatMap(QueueTuner::note);
  }

  /** The changed settings, for the heartbeat. */
  List<Heartbeat.QueueSetting> forHeartbeat() {
    return changes().stream()
        .map(change ->
            new Heartbeat.QueueSetting(
                change.device(), change.setting().wire(), change.ours(), change.before()))
        .toList();
  }
}
