package io.blkwarden.agent.mapping;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Require;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One disk as its backend node in xenstore and its device in sysfs describe it.
 *
 * <p>Source: {@code /local/domain/0/backend/KIND/DOMID/HANDLE} and {@code
 * /sys/bus/xen-backend/devices/KIND-DOMID-HANDLE}. A field is absent when the source has none or
 * could not be read; the snapshot lists what could not.
 *
 * @param kind who serves it
 * @param domid the guest
 * @param handle virtual device number
 * @param dev the administrator's spelling of the virtual device, such as {@code xvda2}
 * @param mode {@code r}, {@code w} or {@code w!}
 * @param params what may leave dom0 of the toolstack's name of the volume ({@code BackendParams})
 * @param state XenbusState, 1 to 8; {@link #CONNECTED} is written before the thread exists
 * @param online whether the toolstack wants it to live
 * @param nodeDevice {@code physical-device} of the node, or the device that {@code params} name
 * @param kernelDevice {@code physical_device} of sysfs
 * @param pids kthread-pid keys
 * @param maxQueues {@code multi-queue-max-queues} that the backend offers
 * @param requestedQueues {@code multi-queue-num-queues} of the frontend: the guest writes it, so it is
 *     a hint and no fact
 * @param counters what blkback counted; absent when there are no statistics
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
    @Nullable Integer requestedQueues,
    @Nullable DiskCounters counters) {
  /** XenbusStateConnected. */
  public static final int CONNECTED = 4;

  /**
   * Pids that XenServer's and XCP-ng's backends write into their node.
   *
   * @param flat {@code kthread-pid}; absent when there is no such key
   * @param byRing {@code queue-N/kthread-pid} by N
   */
  public record KthreadPids(@Nullable Integer flat, Map<Integer, Integer> byRing) {
    /** No keys, as on mainline kernels. */
    public static final KthreadPids NONE = new KthreadPids(null, Map.of());

    public KthreadPids {
      byRing = Map.copyOf(byRing);
    }
  }

  public Backend {
    Require.present(kind, "backend.kind");
    Require.within(domid, 0, DomainRef.MAX_DOMID, "backend.domid");
    Require.within(handle, 0, Integer.MAX_VALUE, "backend.handle");
    if (dev != null) {
      Require.text(dev, 64, "backend.dev");
    }
    if (mode != null) {
      Require.text(mode, 8, "backend.mode");
    }
    Require.optionalText(params, 1024, "backend.params");
    Require.present(pids, "backend.pids");
  }

  /** The same node with what the kernel shows of it now. */
  public Backend withKernelState(@Nullable DeviceNumber device, @Nullable DiskCounters counted) {
    return new Backend(
        kind,
        domid,
        handle,
        dev,
        mode,
        params,
        state,
        online,
        nodeDevice,
        device,
        pids,
        maxQueues,
        requestedQueues,
        counted);
  }

  /** The same disk on the device that its {@code params} name. */
  public Backend withNodeDevice(DeviceNumber device) {
    return new Backend(
        kind,
        domid,
        handle,
        dev,
        mode,
        params,
        state,
        online,
        device,
        kernelDevice,
        pids,
        maxQueues,
        requestedQueues,
        counters);
  }
}
