package io.blkwarden.agent.queue;

import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.ArrayList;
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

/**
 * Sets the queues of the devices below guests' disks as wished, and puts them back.
 *
 * <p>A value is stored before it is changed, and put back only while it is still ours. One that
 * somebody changes away afterwards is left to them for the rest of this run, and so is one that the
 * kernel refused. Not safe for use by several threads, but for what it tells.
 */
public final class QueueTuner {
  /** Schedulers of the multi-queue block layer that do not look at priorities. */
  static final Set<String> IGNORES_PRIORITIES = Set.of("none", "kyber");

  private final QueueSettings settings;
  private final QueueStore store;
  private final DesiredQueue wish;
  private final Map<Key, ChangedSetting> held = new LinkedHashMap<>();
  private final Set<Key> left = new HashSet<>();
  private final Map<Key, String> notes = new TreeMap<>();

  /** Under which scheduler a device's ageing was looked at last: a change resets it. */
  private final Map<String, String> agingUnder = new HashMap<>();

  private boolean over;
  private volatile List<ChangedSetting> shown = List.of();
  private volatile Optional<String> note = Optional.empty();

  private record Key(String device, QueueSetting setting) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Comparator.comparing(Key::device).thenComparing(Key::setting).compare(this, other);
    }
  }

  public QueueTuner(QueueSettings settings, QueueStore store, DesiredQueue wish) {
    this.settings = settings;
    this.store = store;
    this.wish = wish;
  }

  /**
   * Takes over what an earlier run of this boot left: what is still as that run set it is held on
   * where it is wished now, and put back where it is not; what is not is somebody else's.
   */
  public void recover(List<ChangedSetting> earlier) {
    for (ChangedSetting setting : earlier) {
      held.put(new Key(setting.device(), setting.setting()), setting);
    }
    for (ChangedSetting setting : restoreOrder()) {
      boolean wished =
          wish.of(setting.setting()).filter(value -> value.equals(setting.ours())).isPresent();
      boolean gone =
          switch (settings.get(setting.device(), setting.setting())) {
            case ReadResult.Present<String>(String now) -> !now.equals(setting.ours());
            case ReadResult.Absent<String> _ -> true;
            case ReadResult<String> _ -> false;
          };
      if (gone || !wished) {
        restore(setting);
      }
    }
    save();
    tell();
  }

  /** Whether there is nothing to set, and nothing set that is to be put back. */
  public boolean idle() {
    return shown.isEmpty() && wish.equals(DesiredQueue.NONE);
  }

  /**
   * Looks at devices and sets what is to be set.
   *
   * @return whether anything was changed
   */
  public boolean tune(Collection<String> devices) {
    boolean changed = false;
    if (!over) {
      for (String device : devices) {
        changed |= scheduler(device);
        changed |= aging(device);
      }
      tell();
    }
    return changed;
  }

  private boolean scheduler(String device) {
    Key key = new Key(device, QueueSetting.SCHEDULER);
    Optional<String> wanted = wish.scheduler();
    if (wanted.isEmpty() || left.contains(key)) {
      return false;
    }
    ReadResult<QueueScheduler> read = settings.scheduler(device);
    if (!(read instanceof ReadResult.Present<QueueScheduler>(QueueScheduler found))) {
      notes.put(key, read.describe());
      return false;
    }
    ChangedSetting mine = held.get(key);
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
          "%s: expected a kernel that offers %s, found %s"
              .formatted(key.setting().path(device), wanted.get(), found.available()));
      return false;
    }
    return set(key, found.active(), wanted.get());
  }

  private boolean aging(String device) {
    Key key = new Key(device, QueueSetting.AGING);
    Optional<String> wanted = wish.of(QueueSetting.AGING);
    if (wanted.isEmpty() || left.contains(key)) {
      return false;
    }
    ReadResult<String> active = settings.get(device, QueueSetting.SCHEDULER);
    ReadResult<String> read = settings.aging(device);
    if (!(active instanceof ReadResult.Present<String>(String scheduler))
        || !(read instanceof ReadResult.Present<String>(String found))) {
      // Another scheduler has no such setting, and when the old one comes back it starts anew.
      agingUnder.remove(device);
      return false;
    }
    boolean anew = !scheduler.equals(agingUnder.put(device, scheduler));
    ChangedSetting mine = held.get(key);
    if (found.equals(wanted.get())) {
      return false;
    }
    if (mine == null || anew) {
      return set(key, found, wanted.get());
    }
    return leave(key, mine, found);
  }

  private boolean set(Key key, String before, String value) {
    ChangedSetting earlier =
        held.put(key, new ChangedSetting(key.device(), key.setting(), before, value));
    Optional<String> unsafe = store.save(List.copyOf(held.values()));
    if (unsafe.isPresent()) {
      forget(key, earlier);
      notes.put(key, unsafe.get() + "; nothing is set that could not be put back");
      return false;
    }
    Optional<String> fault = settings.set(key.device(), key.setting(), value);
    String now = settings.get(key.device(), key.setting()).describe();
    if (!now.equals(value)) {
      forget(key, null);
      left.add(key);
      notes.put(
          key,
          fault.orElse(
              "%s: set to %s, and it reads %s"
                  .formatted(key.setting().path(key.device()), value, now)));
      save();
      return false;
    }
    notes.remove(key);
    return true;
  }

  private void forget(Key key, @org.jspecify.annotations.Nullable ChangedSetting earlier) {
    if (earlier == null) {
      held.remove(key);
    } else {
      held.put(key, earlier);
    }
  }

  private boolean leave(Key key, ChangedSetting mine, String found) {
    held.remove(key);
    left.add(key);
    notes.put(
        key,
        "%s %s was %s and is %s now, which somebody else has set: it is left so"
            .formatted(key.device(), key.setting().wire(), mine.ours(), found));
    save();
    return true;
  }

  /** Puts all back that is still ours, and sets nothing any more. What fails can be tried again. */
  public void restoreAll() {
    over = true;
    restoreOrder().forEach(this::restore);
    save();
    tell();
  }

  /** Ageing first: it is gone once the scheduler is another. */
  private List<ChangedSetting> restoreOrder() {
    return held.values().stream()
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
      notes.put(key, fault.get() + "; to be put back to " + setting.before());
    } else {
      held.remove(key);
      notes.remove(key);
    }
  }

  private void save() {
    // What is stored too long is looked at again and found to be somebody else's.
    store.save(List.copyOf(held.values()));
  }

  private void tell() {
    shown = List.copyOf(held.values());
    List<String> all = new ArrayList<>(notes.values());
    note = all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }

  /** What is set and was not before; from any thread. */
  public List<ChangedSetting> held() {
    return shown;
  }

  /** What could not be set or put back, or was left to somebody else; from any thread. */
  public Optional<String> note() {
    return note;
  }
}
