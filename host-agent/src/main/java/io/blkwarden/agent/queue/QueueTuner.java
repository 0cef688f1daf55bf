package io.blkwarden.agent.queue;

import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Changes queue settings of physical devices to the desired values, and restores them.
 *
 * <p>The original value is stored before a change, and restored only if the current value is still
 * the agent's. A setting that someone else changes, or that the kernel refuses, is left alone for
 * the rest of this run. Only {@link #changes} and {@link #note} are thread-safe.
 */
public final class QueueTuner {
  /** Multi-queue schedulers that ignore priorities. */
  static final Set<String> IGNORES_PRIORITIES = Set.of("none", "kyber");

  private final QueueSettings settings;
  private final Function<List<ChangedSetting>, Optional<String>> store;
  private final DesiredQueue desired;
  private final Map<Key, ChangedSetting> changes = new LinkedHashMap<>();
  private final Set<Key> leftAlone = new HashSet<>();
  private final Map<Key, String> notes =
      new TreeMap<>(Comparator.comparing(Key::device).thenComparing(Key::setting));

  /** The scheduler of each device when its aging was last read: a change resets the aging. */
  private final Map<String, String> agingUnder = new HashMap<>();

  private boolean stopped;
  private volatile List<ChangedSetting> shown = List.of();
  private volatile Optional<String> note = Optional.empty();

  private record Key(String device, QueueSetting setting) {}

  public QueueTuner(
      QueueSettings settings,
      Function<List<ChangedSetting>, Optional<String>> store,
      DesiredQueue desired) {
    this.settings = settings;
    this.store = store;
    this.desired = desired;
  }

  /**
   * Takes over settings of an earlier run of this boot: keeps those that are still desired and
   * restores the others. Settings that someone else has changed since are left alone.
   */
  public void recover(List<ChangedSetting> earlier) {
    for (ChangedSetting setting : earlier) {
      changes.put(new Key(setting.device(), setting.setting()), setting);
    }
    for (ChangedSetting setting : restoreOrder()) {
      boolean stillDesired =
          desired.of(setting.setting()).filter(value -> value.equals(setting.ours())).isPresent();
      boolean gone =
          switch (settings.get(setting.device(), setting.setting())) {
            case ReadResult.Present<String>(String now) -> !now.equals(setting.ours());
            case ReadResult.Absent<String> _ -> true;
            case ReadResult<String> _ -> false;
          };
      if (gone || !stillDesired) {
        restore(setting);
      }
    }
    save();
    publish();
  }

  /** Whether there is nothing to change or restore. */
  public boolean idle() {
    return shown.isEmpty() && desired.equals(DesiredQueue.NONE);
  }

  /**
   * Changes settings of these devices as desired.
   *
   * @return whether anything was changed
   */
  public boolean tune(Collection<String> devices) {
    boolean changed = false;
    if (!stopped) {
      for (String device : devices) {
        changed |= scheduler(device);
        changed |= aging(device);
      }
      publish();
    }
    return changed;
  }

  private boolean scheduler(String device) {
    Key key = new Key(device, QueueSetting.SCHEDULER);
    Optional<String> wanted = desired.scheduler();
    if (wanted.isEmpty() || leftAlone.contains(key)) {
      return false;
    }
    ReadResult<QueueScheduler> read = settings.scheduler(device);
    if (!(read instanceof ReadResult.Present<QueueScheduler>(QueueScheduler found))) {
      notes.put(key, read.describe());
      return false;
    }
    ChangedSetting mine = changes.get(key);
    if (mine != null) {
      return found.active().equals(mine.ours()) ? false : leave(key, mine, found.active());
    }
    notes.remove(key);
    if (!IGNORES_PRIORITIES.contains(found.active())) {
      return false;
    }
    if (!found.available().contains(wanted.get())) {
      notes.put(
          key,
          "%s: expected %s to be available, found %s"
              .formatted(key.setting().path(device), wanted.get(), found.available()));
      return false;
    }
    return set(key, found.active(), wanted.get());
  }

  private boolean aging(String device) {
    Key key = new Key(device, QueueSetting.AGING);
    Optional<String> wanted = desired.of(QueueSetting.AGING);
    if (wanted.isEmpty() || leftAlone.contains(key)) {
      return false;
    }
    ReadResult<String> active = settings.get(device, QueueSetting.SCHEDULER);
    ReadResult<String> read = settings.aging(device);
    if (!(active instanceof ReadResult.Present<String>(String scheduler))
        || !(read instanceof ReadResult.Present<String>(String found))) {
      // another scheduler has no such setting; a return to the old one resets it
      agingUnder.remove(device);
      return false;
    }
    boolean reset = !scheduler.equals(agingUnder.put(device, scheduler));
    ChangedSetting mine = changes.get(key);
    if (found.equals(wanted.get())) {
      return false;
    }
    if (mine == null || reset) {
      return set(key, found, wanted.get());
    }
    return leave(key, mine, found);
  }

  private boolean set(Key key, String before, String value) {
    Map<Key, ChangedSetting> next = new LinkedHashMap<>(changes);
    next.put(key, new ChangedSetting(key.device(), key.setting(), before, value));
    Optional<String> storeFault = store.apply(List.copyOf(next.values()));
    if (storeFault.isPresent()) {
      notes.put(
          key, storeFault.get() + "; not changed, because it could not be restored after a crash");
      return false;
    }
    changes.putAll(next);
    Optional<String> fault = settings.set(key.device(), key.setting(), value);
    String now = settings.get(key.device(), key.setting()).describe();
    if (!now.equals(value)) {
      changes.remove(key);
      leftAlone.add(key);
      notes.put(
          key,
          fault.orElse(
              "%s: set to %s, but reads %s"
                  .formatted(key.setting().path(key.device()), value, now)));
      save();
      return false;
    }
    notes.remove(key);
    return true;
  }

  private boolean leave(Key key, ChangedSetting mine, String found) {
    changes.remove(key);
    leftAlone.add(key);
    notes.put(
        key,
        "%s %s was changed from %s to %s by someone else: left alone"
            .formatted(key.device(), key.setting().wire(), mine.ours(), found));
    save();
    return true;
  }

  /** Restores all settings that are still the agent's, and changes no more. Can be retried. */
  public void restoreAll() {
    stopped = true;
    restoreOrder().forEach(this::restore);
    save();
    publish();
  }

  /** Aging first: a change of scheduler resets it. */
  private List<ChangedSetting> restoreOrder() {
    return changes.values().stream()
        .sorted(Comparator.comparing(ChangedSetting::setting).reversed())
        .toList();
  }

  private void restore(ChangedSetting setting) {
    Key key = new Key(setting.device(), setting.setting());
    ReadResult<String> now = settings.get(setting.device(), setting.setting());
    Optional<String> fault =
        switch (now) {
          case ReadResult.Present<String>(String value) when value.equals(setting.ours()) ->
              settings.set(setting.device(), setting.setting(), setting.before());
          case ReadResult.Present<String> _ -> Optional.empty();
          case ReadResult.Absent<String> _ -> Optional.empty();
          case ReadResult<String> unread -> Optional.of(unread.describe());
        };
    if (fault.isPresent()) {
      notes.put(key, fault.get() + "; not restored to " + setting.before());
    } else {
      changes.remove(key);
      notes.remove(key);
    }
  }

  private void save() {
    // outdated records are harmless: recover() finds that the values differ
    Optional<String> _ = store.apply(List.copyOf(changes.values()));
  }

  private void publish() {
    shown = List.copyOf(changes.values());
    note = Optional.of(String.join("; ", notes.values())).filter(text -> !text.isEmpty());
  }

  /** The changed settings; thread-safe. */
  public List<ChangedSetting> changes() {
    return shown;
  }

  /** Problems: settings that could not be changed or restored, or were left alone; thread-safe. */
  public Optional<String> note() {
    return note;
  }
}
