package io.blkwarden.agent.scan;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.backend.blkback.BlkbackStatistics;
import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendParams;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DiskCounters;
import io.blkwarden.agent.xenstore.BackendTree;
import io.blkwarden.agent.xenstore.BackendTree.BackendNode;
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

/** Reads all backends of a host and, if needed, their counters before and after the threads'. */
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

  /** Keys that must not change while threads and counters are read. */
  private static final List<String> IDENTITY =
      List.of("state", "online", "physical-device", "kthread-pid", "queue-0/kthread-pid");

  private static final int MAX_QUEUES = 64;
  private static final int MAX_PARAMS = 1_024;

  private final KernelFiles files;
  private final XenStore store;
  private final ScanFaults faults;
  private final @Nullable Long uptimeTicks;
  private final @Nullable ScanCache<List<Backend>> cache;
  private final Map<BackendKind, List<BackendNode>> nodes = new HashMap<>();
  private final Map<BackendId, BlkbackStatistics> before = new HashMap<>();
  private OptionalLong mark = OptionalLong.empty();
  private @Nullable List<Backend> same;
  private List<Backend> backends = List.of();

  /**
   * Creates a scan.
   *
   * @param cache cached backends of an earlier scan, if any
   */
  BackendScan(
      KernelFiles files,
      XenStore store,
      ScanFaults faults,
      @Nullable Long uptimeTicks,
      @Nullable ScanCache<List<Backend>> cache) {
    this.files = files;
    this.store = store;
    this.faults = faults;
    this.uptimeTicks = uptimeTicks;
    this.cache = cache;
  }

  /** Reads the nodes unless the cache is valid. */
  List<Backend> begin() {
    mark = store.changes(BackendTree.WATCHES);
    same = ScanCache.valueIfValid(cache, mark, uptimeTicks);
    if (same == null) {
      for (BackendKind kind : BackendKind.values()) {
        nodes.put(kind, nodes(kind, KEYS));
      }
    }
    backends = same == null ? found() : same;
    return backends;
  }

  /** Reads the counters before the threads are read: the lower bounds. */
  void countBefore() {
    Boolean bits32 = null;
    for (Backend backend : backends) {
      if (backend.kind() == BackendKind.VBD) {
        BackendId id = backend.id();
        if (bits32 == null) {
          bits32 = value(id, BlkbackStatistics.bits32(files, id));
        }
        BlkbackStatistics found =
            bits32 == null ? null : value(id, BlkbackStatistics.read(files, id, bits32));
        if (found != null) {
          before.put(id, found);
        }
      }
    }
  }

  private <T> @Nullable T value(BackendId id, ReadResult<T> ofStatistics) {
    return faults.value(id.directory() + "/statistics", ofStatistics, false);
  }

  private List<BackendNode> nodes(BackendKind kind, List<String> keys) {
    String source = BackendTree.ROOT + "/" + kind.wire();
    List<BackendNode> all = faults.value(source, BackendTree.read(store, kind.wire(), keys), true);
    return all == null ? List.of() : all;
  }

  /**
   * Reads the disks' kernel state and, after {@link #countBefore}, the upper bounds; checks that no
   * backend has changed since {@link #begin}.
   */
  List<Backend> end() {
    List<Backend> seen =
        backends.stream()
            .map(backend ->
                backend.with(
                    backend.nodeDevice(), kernelDevice(backend.id()), counters(backend.id())))
            .toList();
    if (!isUnchanged()
        && (same != null
            || !identities(nodes(BackendKind.VBD, IDENTITY))
                .equals(identities(nodes.getOrDefault(BackendKind.VBD, List.of()))))) {
      faults.add(BackendTree.ROOT + "/vbd", "changed while the threads were read", true);
    }
    return seen;
  }

  /** Whether xenstored reports no change of a node since the scan began. */
  private boolean isUnchanged() {
    if (mark.isEmpty()) {
      return false;
    }
    ReadResult<List<String>> _ =
        store.directory(BackendTree.ROOT); // a round trip: earlier events have arrived
    return store.changes(BackendTree.WATCHES).equals(mark);
  }

  /** The backends for the next scan; null if it must read them again. */
  @Nullable ScanCache<List<Backend>> cache() {
    if (mark.isEmpty() || uptimeTicks == null || !faults.all().isEmpty()) {
      return null; // a scan with faults is not cached
    }
    return same == null ? new ScanCache<>(mark.getAsLong(), uptimeTicks, backends) : cache;
  }

  private @Nullable DeviceNumber kernelDevice(BackendId id) {
    return faults.value(id.directory(), BackendTypes.of(id.kind()).kernelDevice(files, id), true);
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
        limited(node, "dev", faults.guestValue(path(node, "dev"), node.value("dev")), 64),
        mode(node),
        limited(node, "params", BackendParams.shown(unquoted(node, "params")), MAX_PARAMS),
        number(node, "state", true),
        faults.parsed(path(node, "online"), node.value("online"), true, "1"::equals),
        nodeDevice(kind, node),
        null,
        pids(node, most),
        most,
        wantedQueues,
        null,
        null);
  }

  private @Nullable DeviceNumber nodeDevice(BackendKind kind, BackendNode node) {
    if (kind == BackendKind.VBD3) {
      return null; // the toolstack's device for tapdisk, not the image's
    }
    // Written by the hotplug script: first empty, then MAJOR:MINOR in hexadecimal.
    String key = "physical-device";
    ReadResult<String> reading = node.value(key);
    return reading.orElse("").isEmpty()
        ? faults.value(path(node, key), reading.flatMap(empty -> ReadResult.absent(key)), true)
        : faults.parsed(path(node, key), reading, true, DeviceNumber::parseHex);
  }

  private Backend.KthreadPids pids(BackendNode node, @Nullable Integer most) {
    Integer flat = number(node, "kthread-pid", true);
    Map<Integer, Integer> byRing = new HashMap<>();
    Integer first = number(node, "queue-0/kthread-pid", true);
    if (first != null) {
      byRing.put(0, first);
      int rings = most == null ? 1 : Math.min(most, MAX_QUEUES);
      for (int ring = 1; ring < rings; ring++) {
        String key = path(node, "queue-" + ring + "/kthread-pid");
        Integer pid = faults.parsed(key, store.read(key), true, BackendScan::integer);
        if (pid != null) {
          byRing.put(ring, pid);
        }
      }
    }
    return flat == null && byRing.isEmpty()
        ? Backend.KthreadPids.NONE
        : new Backend.KthreadPids(flat, byRing);
  }

  /**
   * The guests' numbers of queues by node, read from the frontend paths that the toolstack wrote.
   */
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
      // Guest-controlled: anything but a small number counts as absent.
      String text = readings.get(n).orElse("");
      if (text.matches("[1-9]\\d{0,3}")) {
        wanted.put(of.get(n), Integer.valueOf(text));
      }
    }
    return wanted;
  }

  private @Nullable DiskCounters counters(BackendId id) {
    BlkbackStatistics first = before.get(id);
    Long after = first == null ? null : value(id, BlkbackStatistics.readSectors(files, id));
    return first == null || after == null
        ? null
        : new DiskCounters(first.readSectors(), after, first.writeSectors(), first.bits32());
  }

  private @Nullable String limited(BackendNode node, String key, @Nullable String text, int most) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    if (text.length() > most) {
      faults.add(path(node, key), "expected at most " + most + " characters", false);
      return null;
    }
    return text;
  }

  private @Nullable String mode(BackendNode node) {
    String mode = unquoted(node, "mode").strip();
    return mode.matches("[rwod!]{1,4}") ? mode : null;
  }

  /** A text that may contain secrets; errors do not quote it. */
  private String unquoted(BackendNode node, String key) {
    ReadResult<String> reading = node.value(key);
    if (reading instanceof ReadResult.Malformed) {
      faults.add(path(node, key), "expected text in UTF-8", false);
      return "";
    }
    return Objects.requireNonNullElse(faults.guestValue(path(node, key), reading), "");
  }

  private @Nullable Integer number(BackendNode node, String key, boolean essential) {
    return faults.parsed(path(node, key), node.value(key), essential, BackendScan::integer);
  }

  private static Integer integer(String text) {
    if (!text.strip().matches("\\d{1,9}")) {
      throw new IllegalArgumentException("expected a number");
    }
    return Integer.valueOf(text.strip());
  }

  private static String path(BackendNode node, String key) {
    return node.path() + "/" + key;
  }
}
