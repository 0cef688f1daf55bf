package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The result of one scan of a host, the input of the mapping.
 *
 * <p>Proofs depend on the order of reading: uptime, drained bios, xenstore, each disk's counters,
 * the threads, each disk's counters again; after that the backends must be unchanged. If {@link
 * #untruncatedNamesSuffice}, no counters are read.
 *
 * @param kernel Linux release; absent when it could not be read
 * @param uptimeTicks uptime at the start of the scan in clock ticks; absent when it could not be
 *     read, and then no proof by a thread's age is possible
 * @param domains running guests
 * @param backends their disks of all kinds, at most 4096
 * @param threads kernel threads with blkback names, at most 65536
 * @param dmDevices device-mapper devices
 * @param stacks the stack below each disk's device
 * @param fileStacks the stacks below disks that are files, by {@code params}
 * @param bios bios traced since the previous snapshot
 * @param labels labels of domains that dom0 wrote to xenstore
 * @param unread unreadable sources
 */
public record HostSnapshot(
    @Nullable KernelRelease kernel,
    @Nullable Long uptimeTicks,
    List<DomainRef> domains,
    List<Backend> backends,
    List<HostThread> threads,
    List<DmDevice> dmDevices,
    List<DeviceStack> stacks,
    Map<String, DeviceStack> fileStacks,
    List<ObservedBio> bios,
    Map<UUID, Map<String, String>> labels,
    List<UnreadSource> unread) {
  /** Maximum number of threads. */
  public static final int MAX_THREADS = 65_536;

  public HostSnapshot {
    domains = Require.list(domains, MappingSnapshot.MAX_DISKS, "domains");
    backends = Require.list(backends, MappingSnapshot.MAX_DISKS, "backends");
    threads = Require.list(threads, MAX_THREADS, "threads");
    dmDevices = List.copyOf(dmDevices);
    stacks = List.copyOf(stacks);
    fileStacks = Map.copyOf(fileStacks);
    bios = List.copyOf(bios);
    labels = Map.copyOf(labels);
    unread = List.copyOf(unread);
  }

  /**
   * Whether everything that proofs need was read. If not, callers keep the previous mapping,
   * because unread objects must not look removed.
   */
  public boolean complete() {
    return unread.stream().noneMatch(UnreadSource::essential);
  }

  /**
   * Whether the names of a host's threads make counters unnecessary: no name may be truncated, and
   * no two disks of a domain have the same name. Then each thread matches at most one disk and is
   * proven by its name or not at all.
   */
  public static boolean untruncatedNamesSuffice(
      Collection<BlkbackName> threads, List<Backend> backends) {
    for (BlkbackName name : threads) {
      if (!name.whole() || name.style() == BlkbackName.Style.NUMBERED) {
        return false;
      }
    }
    Set<String> disks = new HashSet<>();
    for (Backend backend : backends) {
      if (backend.kind() == BackendKind.VBD) {
        String dev = backend.dev() == null ? null : NameMatch.kernelSpelling(backend.dev());
        if (dev == null || !disks.add(backend.domid() + "." + dev)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The stacks below all disks, whether devices or files. */
  public List<DeviceStack> allStacks() {
    return Stream.concat(stacks.stream(), fileStacks.values().stream()).toList();
  }

  /** Whether the other snapshot is equal except for its uptime, and neither has bios. */
  public boolean sameHost(HostSnapshot other) {
    return bios.isEmpty()
        && other.bios.isEmpty()
        && Objects.equals(kernel, other.kernel)
        && domains.equals(other.domains)
        && backends.equals(other.backends)
        && threads.equals(other.threads)
        && dmDevices.equals(other.dmDevices)
        && stacks.equals(other.stacks)
        && fileStacks.equals(other.fileStacks)
        && labels.equals(other.labels)
        && unread.equals(other.unread);
  }

  /**
   * A source that a scan could not read.
   *
   * @param source file or node
   * @param reason what was expected and found, or the error; at most 500 characters
   * @param essential whether proofs need it: without it a thread or disk may be missed
   */
  public record UnreadSource(String source, String reason, boolean essential) {
    private static final int MAX_REASON = 500;

    public UnreadSource {
      reason = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
    }
  }

  /**
   * A traced bio: a thread submitted I/O to a device ({@code block:block_bio_queue}).
   *
   * <p>It was submitted between the previous drain and this snapshot's.
   *
   * @param pid the submitting thread
   * @param device target device; the event fires at each level of a stack
   */
  public record ObservedBio(int pid, DeviceNumber device) {
    public ObservedBio {
      Require.within(pid, 1, WorkerId.MAX_PID, "bio.pid");
    }
  }

  /**
   * A kernel thread with a blkback name. User processes are excluded.
   *
   * @param id pid and start time
   * @param name its name
   * @param readBytes {@code read_bytes} of {@code /proc/PID/io}, read between the two readings of
   *     the disks' counters; absent when unreadable
   * @param priority its I/O priority; absent when unreadable
   */
  public record HostThread(
      WorkerId id, BlkbackName name, @Nullable Long readBytes, @Nullable IoPriority priority) {}
}
