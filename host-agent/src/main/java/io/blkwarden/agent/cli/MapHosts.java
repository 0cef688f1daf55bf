package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.trace.BioBatch;
import io.blkwarden.agent.trace.BioTrace;
import io.blkwarden.agent.xenstore.SocketXenStore;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Opens what {@code map} looks at: this host, or a captured tree. */
final class MapHosts {
  private static final String DUMP = "xenstore.txt";
  private static final int DUMP_LIMIT_BYTES = 64 << 20;
  private static final Path ROOT = Path.of("/");

  private MapHosts() {}

  /** A captured tree: nothing changes in it, and its pids are not this host's. */
  static ReadResult<MapSources> captured(RootedFiles files) {
    return files
        .read(DUMP, new FileBytes(DUMP_LIMIT_BYTES))
        .flatMap(bytes -> TextXenStore.parse(bytes.text()))
        .map(store -> new MapSources(files, store, new Unasked(), MapSources.Trace.NONE));
  }

  /**
   * This host. Where it cannot be traced, disks that only their I/O tells apart stay unresolved.
   *
   * @param closing takes what is to be run when all is done
   */
  static ReadResult<MapSources> live(RootedFiles files, Deque<Runnable> closing) {
    return LinuxIoPriorities.open()
        .map(priorities -> {
          SocketXenStore store =
              SocketXenStore.open(XenStoreSettings.of(ROOT), _ -> {}, new SecureRandom());
          closing.push(store::close);
          return new MapSources(files, store, priorities, new LazyTrace(files, closing));
        });
  }

  /** The priorities of a captured tree's tasks, which do not run here: there are none. */
  private static final class Unasked implements IoPriorities {
    private static final String WHY = "the tasks of a captured tree do not run here";

    @Override
    public ReadResult<IoPriority> get(int pid) {
      return ReadResult.absent("priority of " + pid);
    }

    @Override
    public Optional<String> set(int pid, IoPriority priority) {
      return Optional.of(WHY);
    }

    @Override
    public Optional<String> restore(int pid, IoPriority recorded) {
      return Optional.of(WHY);
    }
  }

  /** A trace instance that is made only when some disk needs it. */
  private static final class LazyTrace implements MapSources.Trace {
    private final RootedFiles files;
    private final Deque<Runnable> closing;
    private Optional<ReadResult<BioTrace>> opened = Optional.empty();

    LazyTrace(RootedFiles files, Deque<Runnable> closing) {
      this.files = files;
      this.closing = closing;
    }

    @Override
    public void arm(Set<DeviceNumber> devices) {
      if (opened.isEmpty()) {
        ReadResult<BioTrace> trace =
            BioTrace.open(ROOT, files, (int) ProcessHandle.current().pid());
        trace.toOptional().ifPresent(found -> closing.push(found::close));
        opened = Optional.of(trace);
      }
      opened.flatMap(ReadResult::toOptional).ifPresent(trace -> trace.arm(devices));
    }

    @Override
    public List<ObservedBio> drain() {
      return opened
          .flatMap(ReadResult::toOptional)
          .map(trace -> trace.drain().orElse(BioBatch.EMPTY))
          .orElse(BioBatch.EMPTY)
          .bios()
          .stream()
          .filter(bio -> bio.pid() > 0)
          .map(bio -> new ObservedBio(bio.pid(), bio.device()))
          .distinct()
          .toList();
    }
  }
}
