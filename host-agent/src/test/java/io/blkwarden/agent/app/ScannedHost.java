package io.blkwarden.agent.app;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.simulation.host.SimulatedHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/** Scans of a simulated host that a test can block or make fail. */
final class ScannedHost implements Function<Supplier<List<ObservedBio>>, HostSnapshot> {
  /** Blocks scans while locked. */
  final ReentrantLock scanning = new ReentrantLock();

  /** Whether xenstore cannot be read. */
  final AtomicBoolean unreadable = new AtomicBoolean();

  /** Labels by path. */
  final Map<String, String> labels = new ConcurrentHashMap<>();

  private final SimulatedHost host;

  ScannedHost(SimulatedHost host) {
    this.host = host;
  }

  @Override
  public HostSnapshot apply(Supplier<List<ObservedBio>> drain) {
    scanning.lock();
    try {
      return seen(drain);
    } finally {
      scanning.unlock();
    }
  }

  private HostSnapshot seen(Supplier<List<ObservedBio>> drain) {
    HostSnapshot whole = new HostScanner(host, new Labelled(), host).scan(drain);
    return unreadable.get()
        ? new HostSnapshot(
            whole.kernel(),
            whole.uptimeTicks(),
            List.of(),
            List.of(),
            whole.threads(),
            whole.dmDevices(),
            List.of(),
            Map.of(),
            List.of(),
            Map.of(),
            List.of(new UnreadSource("xenstore", "no connection", true)))
        : whole;
  }

  /** The host's xenstore with the labels. */
  private final class Labelled implements XenStore {
    @Override
    public ReadResult<String> read(String path) {
      String label = labels.get(path);
      return label == null ? host.read(path) : ReadResult.present(label);
    }

    @Override
    public ReadResult<List<String>> directory(String path) {
      if (!path.startsWith(LabelTree.ROOT)) {
        return host.directory(path);
      }
      List<String> names =
          labels.keySet().stream()
              .filter(each -> each.startsWith(path + "/"))
              .map(each -> each.substring(path.length() + 1).replaceFirst("/.*", ""))
              .distinct()
              .toList();
      return names.isEmpty() ? host.directory(path) : ReadResult.present(names);
    }

    @Override
    public Optional<String> watch(String path, String token) {
      return host.watch(path, token);
    }
  }
}
