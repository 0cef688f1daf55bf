package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that one scan of a host read: what the map is made from.
 *
 * <p>The order in which it is read carries proofs: first the uptime, then the traced bios are
 * drained, then xenstore, then each disk's counters, then the threads, then each disk's counters
 * again; and the backends must still be the same after that. Where {@link UntruncatedNames} tell
 * all, no counters are read, neither the disks' nor the threads'.
 *
 * @param kernel which Linux it is; absent when it could not be read
 * @param uptimeTicks time since boot before anything else was read, in clock ticks; absent when it
 *     could not be read, and then nothing that rests on a thread's age is proven
 * @param domains running guests
 * @param backends their disks of every kind, at most 4096
 * @param threads kernel threads that are named like blkback's, at most 65536
 * @param dmDevices device-mapper devices
 * @param stacks what lies below each disk's device
 * @param fileStacks by {@code params} what lies below disks that are files and have no device
 * @param bios what was traced since the snapshot before
 * @param labels what dom0 wrote of domains into xenstore
 * @param unread what could not be read
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
  /** Most threads that are looked at. */
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

  /** What one scan read of a host of whose domains dom0 wrote nothing. */
  public HostSnapshot(
      @Nullable KernelRelease kernel,
      @Nullable Long uptimeTicks,
      List<DomainRef> domains,
      List<Backend> backends,
      List<HostThread> threads,
      List<DmDevice> dmDevices,
      List<DeviceStack> stacks,
      List<ObservedBio> bios,
      List<UnreadSource> unread) {
    this(
        kernel,
        uptimeTicks,
        domains,
        backends,
        threads,
        dmDevices,
        stacks,
        Map.of(),
        bios,
        Map.of(),
        unread);
  }

  /**
   * Whether everything that proofs need was read. If not, a caller with an older map keeps it and
   * says so, for what was not seen must not look like what is gone.
   */
  public boolean complete() {
    return unread.stream().noneMatch(UnreadSource::essential);
  }

  /** What lies below all disks, whether they are devices or files. */
  public List<DeviceStack> allStacks() {
    return Stream.concat(stacks.stream(), fileStacks.values().stream()).toList();
  }

  /** Whether the other one shows the very same host, some time before or after. */
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
   * Something that a scan looked for and could not read, and so left out and did not guess.
   *
   * @param source which file or node
   * @param reason what was expected, and what was found or failed; at most 500 characters
   * @param essential whether proofs need it: without it a thread or a disk may go unseen, so
   *     nothing that rests on being the only one holds
   */
  public record UnreadSource(String source, String reason, boolean essential) {
    private static final int LONGEST = 500;

    public UnreadSource {
      Require.present(source, "unread.source");
      Require.present(reason, "unread.reason");
      reason = reason.length() > LONGEST ? reason.substring(0, LONGEST) : reason;
    }
  }

  /**
   * A thread was seen to submit I/O to a device ({@code block:block_bio_queue}).
   *
   * <p>When it did so is not told, only that it was between the drain before and the drain of this
   * snapshot.
   *
   * @param pid the submitting thread
   * @param device the device that it submitted to: the event fires for each level of a stack
   */
  public record ObservedBio(int pid, DeviceNumber device) {
    public ObservedBio {
      Require.within(pid, 1, WorkerId.MAX_PID, "bio.pid");
      Require.present(device, "bio.device");
    }
  }

  /**
   * A live kernel thread with a name as blkback gives it. User processes may take any name, and are
   * not among these.
   *
   * @param id pid and start time
   * @param name its name
   * @param readBytes {@code read_bytes} of {@code /proc/PID/io}, read between the two readings of
   *     the disks' counters; absent when it could not be read
   * @param priority its I/O priority; absent when it could not be read
   */
  public record HostThread(
      WorkerId id, BlkbackName name, @Nullable Long readBytes, @Nullable IoPriority priority) {
    public HostThread {
      Require.present(id, "thread.id");
      Require.present(name, "thread.name");
    }
  }
}
