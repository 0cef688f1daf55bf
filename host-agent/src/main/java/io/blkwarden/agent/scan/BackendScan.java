package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.blkback.BackendId;
import io.blkwarden.agent.backend.blkback.BackendParams;
import io.blkwarden.agent.backend.blkback.BackendStatistics;
import io.blkwarden.agent.kernel.CounterWidth;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DiskCounters;
import io.blkwarden.agent.xenstore.BackendNode;
import io.blkwarden.agent.xenstore.BackendTree;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** All backends of a host, and where they are needed their counters around those of threads. */
final class BackendScan {
  private static final List<String> KEYS =
      List.of(
          "frontend",
          "dev",
          "mode",
          "params",
          "state",
          "online",
          "physical-device",
          "kthread-pid",
          "queue-0/kthread-pid",
          "multi-queue-max-queues");

  /** What may not change while threads and counters are read. */
  private static final List<String> IDENTITY =
      List.of("state", "online", "physical-device", "kthread-pid", "queue-0/kthread-pid");

  private static final int MOST_QUEUES = 64;
  private static final int MOST_PARAMS = 1_024;

  private final KernelFiles files;
  private final XenStore store;
  private final ScanFaults notes;
  private final @Nullable Long uptimeTicks;
  private final @Nullable ScanCache<List<Backend>> kept;
  private final Map<BackendKind, List<BackendNode>> nodes = new HashMap<>();
  private final Map<BackendId, BackendStatistics> before = new HashMap<>();
  private OptionalLong mark = OptionalLong.empty();
  private @Nullable List<Backend> same;
  private List<Backend> backends = List.of();

  /**
   * A scan.
   *
   * @param kept the backends that an earlier one found, if it left them
   */
  BackendScan(
      KernelFiles files,
      XenStore store,
      ScanFaults notes,
      @Nullable Long uptimeTicks,
      @Nullable ScanCache<List<Backend>> kept) {
    this.files = files;
    this.store = store;
    this.notes = notes;
    this.uptimeTicks = uptimeTicks;
    this.kept = kept;
  }

  /** Reads the nodes, if they changed. */
  List<Backend> begin() {
    mark = store.changes(BackendTree.WATCHES);
    same = ScanCache.still(kept, mark, uptimeTicks);
    if (same == null) {
      for (BackendKind kind : BackendKind.values()) {
        nodes.put(kind, nodes(kind, KEYS));
      }
    }
    backends = same == null ? found() : same;
    return backends;
  }

  /** Reads the counters that bound from below what the threads have read. */
  void countBefore() {
    CounterWidth width = null;
    for (Backend backend : backends) {
      if (backend.kind() == BackendKind.VBD) {
        BackendId id = id(backend);
        if (width == null) {
          width = value(id, BackendStatistics.width(files, id));
        }
        BackendStatistics found =
            width == null ? null : value(id, BackendStatistics.read(files, id, width));
        if (found != null) {
          before.put(id, found);
        }
      }
    }
  }

  private static BackendId id(Backend backend) {
    return new BackendId(backend.kind(), backend.domid(), backend.handle());
  }

  private <T> @Nullable T value(BackendId id, ReadResult<T> ofStatistics) {
    return notes.value(directory(id) + "/statistics", ofStatistics, false);
  }

  private List<BackendNode> nodes(BackendKind kind, List<String> keys) {
    String source = BackendTree.ROOT + "/" + kind.wire();
    BackendTree tree = notes.value(source, BackendTree.read(store, kind.wire(), keys), true);
    return tree == null ? List.of() : tree.nodes();
  }

  /**
   * Reads what the kernel shows of the disks, with the counters that bound from above if those from
   * below were read, and whether all is as it was.
   */
  List<Backend> end() {
    List<Backend> seen =
        backends.stream()
            .map(backend ->
                backend.withKernelState(device(backend.kind(), id(backend)), counters(id(backend))))
            .toList();
    if (!settled()
        && (same != null
            || !identities(nodes(BackendKind.VBD, IDENTITY))
                .equals(identities(nodes.getOrDefault(BackendKind.VBD, List.of()))))) {
      notes.noted(BackendTree.ROOT + "/vbd", "changed while the threads were read", true);
    }
    return seen;
  }

  /** Whether the server says that no node has changed since the scan began. */
  private boolean settled() {
    if (mark.isEmpty()) {
      return false;
    }
    ReadResult<List<String>> _ =
        store.directory(BackendTree.ROOT); // what it told before has come now
    return store.changes(BackendTree.WATCHES).equals(mark);
  }

  /** The backends for the next scan, if it need not read them while nothing changes. */
  @Nullable ScanCache<List<Backend>> kept() {
    if (mark.isEmpty() || uptimeTicks == null || !notes.all().isEmpty()) {
      return null; // a scan that found anything odd is not built upon
    }
    return same == null ? new ScanCache<>(mark.getAsLong(), uptimeTicks, backends) : kept;
  }

  private @Nullable DeviceNumber device(BackendKind kind, BackendId id) {
    return kind == BackendKind.VBD ? notes.value(directory(id), id.device(files), true) : null;
  }

  private List<Backend> found() {
    List<Backend> all = new ArrayList<>();
    for (BackendKind kind : BackendKind.values()) {
      List<BackendNode> found = nodes.getOrDefault(kind, List.of());
      Map<String, Integer> wanted = wantedQueues(found);
      for (BackendNode node : found) {
        all.add(backend(kind, node, wanted.get(node.path())));
      }
    }
    return List.copyOf(all);
  }

  private static Map<String, List<ReadResult<String>>> identities(List<BackendNode> nodes) {
    Map<String, List<ReadResult<String>>> all = new HashMap<>();
    for (BackendNode node : nodes) {
      all.put(node.path(), IDENTITY.stream().map(node::value).toList());
    }
    return all;
  }

  private Backend backend(BackendKind kind, BackendNode node, @Nullable Integer wantedQueues) {
    Integer most = number(node, "multi-queue-max-queues", false);
    return new Backend(
        kind,
        node.domid(),
        node.handle(),
        text(node, "dev", 64),
        mode(node),
        params(node),
        number(node, "state", true),
        notes.parsed(path(node, "online"), node.value("online"), true, "1"::equals),
        nodeDevice(node),
        null,
        pids(node, most),
        most,
        wantedQueues,
        null);
  }

  private @Nullable DeviceNumber nodeDevice(BackendNode node) {
    // Written by the hotplug script; empty for a moment, and MAJOR:MINOR in hexadecimal after it.
    String key = "physical-device";
    ReadResult<String> reading = node.value(key);
    return reading.orElse("").isEmpty()
        ? notes.value(path(node, key), reading.flatMap(empty -> ReadResult.absent(key)), true)
        : notes.parsed(path(node, key), reading, true, DeviceNumber::parseHex);
  }

  private Backend.KthreadPids pids(BackendNode node, @Nullable Integer most) {
    Integer flat = number(node, "kthread-pid", true);
    Map<Integer, Integer> byRing = new HashMap<>();
    Integer first = number(node, "queue-0/kthread-pid", true);
    if (first != null) {
      byRing.put(0, first);
      int rings = most == null ? 1 : Math.min(most, MOST_QUEUES);
      for (int ring = 1; ring < rings; ring++) {
        String key = path(node, "queue-" + ring + "/kthread-pid");
        Integer pid = notes.parsed(key, store.read(key), true, BackendScan::integer);
        if (pid != null) {
          byRing.put(ring, pid);
        }
      }
    }
    return flat == null && byRing.isEmpty()
        ? Backend.KthreadPids.NONE
        : new Backend.KthreadPids(flat, byRing);
  }

  /** The guests' own numbers by node, read from where the toolstack says that their halves are. */
  private Map<String, Integer> wantedQueues(List<BackendNode> found) {
    List<String> of = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    for (BackendNode node : found) {
      String frontend = node.value("frontend").orElse("");
      if (frontend.startsWith("/local/domain/" + node.domid() + "/")) {
        of.add(node.path());
        paths.add(frontend + "/multi-queue-num-queues");
      }
    }
    List<ReadResult<String>> readings = store.readAll(paths);
    Map<String, Integer> wanted = new HashMap<>();
    for (int n = 0; n < paths.size(); n++) {
      // Hostile text: whatever is no small number counts as none.
      String text = readings.get(n).orElse("");
      if (text.matches("[1-9]\\d{0,3}")) {
        wanted.put(of.get(n), Integer.valueOf(text));
      }
    }
    return wanted;
  }

  private @Nullable DiskCounters counters(BackendId id) {
    BackendStatistics first = before.get(id);
    Long after = first == null ? null : value(id, BackendStatistics.readSectors(files, id));
    return first == null || after == null
        ? null
        : new DiskCounters(
            first.readSectors(),
            after,
            first.writeSectors(),
            first.width() == CounterWidth.BITS_32);
  }

  private @Nullable String text(BackendNode node, String key, int most) {
    String text = notes.ofOne(path(node, key), node.value(key));
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (text.length() > most) {
      notes.noted(path(node, key), "expected at most " + most + " characters", false);
      return null;
    }
    return text;
  }

  private @Nullable String mode(BackendNode node) {
    String mode = unquoted(node, "mode").strip();
    return mode.matches("[rwod!]{1,4}") ? mode : null;
  }

  /** What may be shown of {@code params}. */
  private @Nullable String params(BackendNode node) {
    String source = path(node, "params");
    String shown = BackendParams.shown(unquoted(node, "params"));
    if (shown.length() > MOST_PARAMS) {
      notes.noted(source, "expected at most " + MOST_PARAMS + " characters", false);
      return null;
    }
    return shown.isEmpty() ? null : shown;
  }

  /** A text that may hold secrets: nothing of it is repeated when it is malformed. */
  private String unquoted(BackendNode node, String key) {
    ReadResult<String> reading = node.value(key);
    if (reading instanceof ReadResult.Malformed) {
      notes.noted(path(node, key), "expected text in UTF-8", false);
      return "";
    }
    return Objects.requireNonNullElse(notes.ofOne(path(node, key), reading), "");
  }

  private @Nullable Integer number(BackendNode node, String key, boolean essential) {
    return notes.parsed(path(node, key), node.value(key), essential, BackendScan::integer);
  }

  private static Integer integer(String text) {
    if (!text.strip().matches("\\d{1,9}")) {
      throw new IllegalArgumentException("expected a number");
    }
    return Integer.valueOf(text.strip());
  }

  private static String directory(BackendId id) {
    return "sys/bus/xen-backend/devices/" + id.busId();
  }

  private static String path(BackendNode node, String key) {
    return node.path() + "/" + key;
  }
}
