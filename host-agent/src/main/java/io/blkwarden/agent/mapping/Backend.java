package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.DiskProcess;
import io.blkwarden.agent.backend.type.OpenFiles.Image;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Require;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk's backend, read from its xenstore node and its device in sysfs.
 *
 * <p>Source: {@code /local/domain/0/backend/KIND/DOMID/HANDLE} and {@code
 * /sys/bus/xen-backend/devices/KIND-DOMID-HANDLE}. A field is absent when the source has none or
 * could not be read; the snapshot lists unreadable sources.
 *
 * @param kind kind of backend
 * @param domid domain number
 * @param handle virtual device number
 * @param dev the virtual device as configured, such as {@code xvda2}
 * @param mode {@code r}, {@code w} or {@code w!}
 * @param params publishable part of the toolstack's {@code params} ({@code BackendParams})
 * @param state XenbusState, 1 to 8; {@link #CONNECTED} is set before the thread exists
 * @param online the node's {@code online} key
 * @param nodeDevice {@code physical-device} of the node, or the device that {@code params} name
 * @param kernelDevice {@code physical_device} of sysfs
 * @param pids kthread-pid keys
 * @param maxQueues {@code multi-queue-max-queues} of the backend
 * @param queues {@code multi-queue-num-queues} of the frontend; written by the guest, so only a
 *     hint
 * @param counters blkback's counters; absent without statistics
 * @param served the processes proven to serve it; absent when threads of the kernel do
 */
public record Backend(
    BackendKind kind,
    int domid,
    int handle,
    @Nullable String dev,
    @Nullable String mode,
    @Nullable String params,
    @Nullable Integer state,
    @Nullable Boolean online,
    @Nullable DeviceNumber nodeDevice,
    @Nullable DeviceNumber kernelDevice,
    KthreadPids pids,
    @Nullable Integer maxQueues,
    @Nullable Integer queues,
    @Nullable DiskCounters counters,
    @Nullable Served served) {
  /** XenbusStateConnected. */
  public static final int CONNECTED = 4;

  /**
   * Thread pids that the backends of XenServer and XCP-ng write to their node.
   *
   * @param flat {@code kthread-pid}, if present
   * @param byRing {@code queue-N/kthread-pid} by N
   */
  public record KthreadPids(@Nullable Integer flat, Map<Integer, Integer> byRing) {
    /** No keys, as on mainline kernels. */
    public static final KthreadPids NONE = new KthreadPids(null, Map.of());

    public KthreadPids {
      byRing = Map.copyOf(byRing);
    }
  }

  /**
   * What is known about the process that serves a disk.
   *
   * @param by processes whose open files prove it; exactly one unless something is wrong
   * @param certain whether the open files of all processes could be read
   * @param image the image that the process has open; absent when unknown
   */
  public record Served(List<DiskProcess> by, boolean certain, @Nullable Image image) {
    public Served {
      by = List.copyOf(by);
    }

    /** Whether threads of the kernel write to the device, not the process. */
    public boolean cached() {
      return image != null && image.cached() && image.writable();
    }
  }

  public Backend {
    Require.within(domid, 0, DomainRef.MAX_DOMID, "backend.domid");
    Require.within(handle, 0, Integer.MAX_VALUE, "backend.handle");
    if (dev != null) {
      Require.text(dev, 64, "backend.dev");
    }
    if (mode != null) {
      Require.text(mode, 8, "backend.mode");
    }
    Require.optionalText(params, 1024, "backend.params");
  }

  /** Its name on the xen-backend bus. */
  public BackendId id() {
    return new BackendId(kind, domid, handle);
  }

  /** The device according to the kernel, else to xenstore. */
  public @Nullable DeviceNumber device() {
    return kernelDevice == null ? nodeDevice : kernelDevice;
  }

  /** A copy with other devices and counters. */
  public Backend with(
      @Nullable DeviceNumber node, @Nullable DeviceNumber kernel, @Nullable DiskCounters counted) {
    return new Backend(
        kind, domid, handle, dev, mode, params, state, online, node, kernel, pids, maxQueues,
        queues, counted, served);
  }

  /** A copy that processes serve, on the image that they have open. */
  public Backend servedBy(Served processes) {
    Image image = processes.image();
    return new Backend(
        kind,
        domid,
        handle,
        dev,
        mode,
        image == null ? params : image.path(),
        state,
        online,
        image == null ? null : image.device(),
        null,
        pids,
        maxQueues,
        queues,
        counters,
        processes);
  }
}
