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
 * The tuner as three threads use it: the core's says which devices count and asks what is set, that
 * of the leases asks to put all back, and {@code agent-queues} alone touches the queues, for a
 * change of scheduler waits until the device's requests are done.
 */
final class QueueKeeper {
  /** Time between two looks. */
  static final long LOOK_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(QueueKeeper.class);

  private final Optional<QueueTuner> tuner;
  private final Runnable changed;
  private volatile List<String> devices = List.of();
  private volatile boolean putBack;
  private String told = "";

  /**
   * Keeps the queues.
   *
   * @param changed told when something was set, so that the map is read again
   */
  QueueKeeper(Optional<QueueTuner> tuner, Runnable changed) {
    this.tuner = tuner;
    this.changed = changed;
  }

  /** Takes the devices below disks that are proven to be guests'. */
  void below(List<MappedDisk> disks) {
    devices =
        disks.stream()
            .filter(disk -> disk.state() == MappingState.RESOLVED)
            .flatMap(disk -> disk.physical().stream())
            .map(PhysicalDevice::name)
            .distinct()
            .sorted()
            .toList();
  }

  /** Looks at the devices, on the queues' own thread. */
  void look() {
    try {
      tuner.ifPresent(this::look);
    } catch (RuntimeException e) {
      LOG.error("cannot look at the queues", e);
    }
  }

  private void look(QueueTuner queues) {
    List<ChangedSetting> before = queues.held();
    if (putBack) {
      queues.restoreAll();
    } else {
      queues.tune(devices);
    }
    List<ChangedSetting> now = queues.held();
    now.stream()
        .filter(setting -> !before.contains(setting))
        .forEach(setting -> LOG.warn("queue set: {}", setting.describe()));
    before.stream()
        .filter(setting -> !now.contains(setting))
        .forEach(setting -> LOG.warn("queue no longer held: {}", setting.describe()));
    String note = queues.note().orElse("");
    if (!note.equals(told)) {
      told = note;
      LOG.warn("queues: {}", note.isEmpty() ? "well again" : note);
    }
    if (!before.equals(now)) {
      changed.run();
    }
  }

  /** Whether no look will ever find anything to do. */
  boolean idle() {
    return tuner.map(QueueTuner::idle).orElse(true);
  }

  /** Asks to put all back and to set nothing any more; done by the next look. */
  void askPutBack() {
    putBack = true;
  }

  /** Puts all back now, on the queues' own thread. */
  void putBackNow() {
    askPutBack();
    look();
  }

  /** What is set and not put back yet. */
  List<ChangedSetting> held() {
    return tuner.map(QueueTuner::held).orElse(List.of());
  }

  /** What could not be set, or was left to somebody else. */
  Optional<String> note() {
    return tuner.flatMap(QueueTuner::note);
  }

  /** For the heartbeat. */
  List<Heartbeat.QueueSetting> shown() {
    return held().stream()
        .map(held ->
            new Heartbeat.QueueSetting(
                held.device(), held.setting().wire(), held.ours(), held.before()))
        .toList();
  }
}
