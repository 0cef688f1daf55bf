package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds a host snapshot step by step. Disks are connected by default. */
final class HostBuilder {
  private static final DeviceStack.Physical SDA =
      new DeviceStack.Physical("sda", new DeviceNumber(8, 0), "mq-deadline", true, true);

  final Map<Integer, DomainRef> domains = new LinkedHashMap<>();
  final Map<Vbd.Slot, Backend> backends = new LinkedHashMap<>();
  final Map<Integer, HostThread> threads = new LinkedHashMap<>();
  final Map<DeviceNumber, DeviceStack> stacks = new LinkedHashMap<>();
  final List<ObservedBio> bios = new ArrayList<>();
  final List<UnreadSource> unread = new ArrayList<>();
  @Nullable Long uptimeTicks = 1_000_000L;

  static UUID uuid(int n) {
    return new UUID(0x4000, 0x8000_0000_0000_0000L | n);
  }

  static DeviceNumber dm(int minor) {
    return new DeviceNumber(253, minor);
  }

  HostBuilder disk(int domid, String dev, int handle, int minor) {
    domains.putIfAbsent(domid, new DomainRef(uuid(domid), domid, "vm" + domid));
    Vbd.Slot slot = new Vbd.Slot(domid, handle);
    backends.put(
        slot,
        new Backend(
            BackendKind.VBD,
            domid,
            handle,
            dev,
            "w",
            "/dev/vg/vm" + domid + "_" + dev,
            Backend.CONNECTED,
            true,
            dm(minor),
            dm(minor),
            Backend.KthreadPids.NONE,
            null,
            null,
            new DiskCounters(0, 0, 0, false),
            null));
    stack(minor, Set.of());
    return this;
  }

  /** Sets the devices below a device, in addition to sda. */
  HostBuilder stack(int minor, Set<DeviceNumber> below) {
    stacks.put(dm(minor), new DeviceStack(dm(minor), below, Set.of(Layer.PASSES), List.of(SDA)));
    return this;
  }

  HostBuilder change(int domid, int handle, UnaryOperator<Edit> change) {
    backends.computeIfPresent(
        new Vbd.Slot(domid, handle), (_, disk) -> change.apply(new Edit(disk)).backend());
    return this;
  }

  HostBuilder counters(int domid, int handle, long readBefore, long readAfter, long written) {
    return change(
        domid,
        handle,
        edit -> edit.counters(new DiskCounters(readBefore, readAfter, written, false)));
  }

  HostBuilder thread(int pid, long startTicks, String comm) {
    return thread(pid, startTicks, comm, 0L);
  }

  HostBuilder thread(int pid, long startTicks, String comm, @Nullable Long readBytes) {
    threads.put(
        pid,
        new HostThread(
            new WorkerId(pid, startTicks),
            BlkbackName.parse(comm).orElseThrow(),
            readBytes,
            IoPriority.UNSET));
    return this;
  }

  HostBuilder end(int pid) {
    threads.remove(pid);
    return this;
  }

  long uptimeTicks() {
    return java.util.Objects.requireNonNull(uptimeTicks);
  }

  HostBuilder reads(int pid, @Nullable Long readBytes) {
    threads.computeIfPresent(
        pid, (_, thread) -> new HostThread(thread.id(), thread.name(), readBytes, null));
    return this;
  }

  HostBuilder bio(int pid, int minor) {
    bios.add(new ObservedBio(pid, dm(minor)));
    return this;
  }

  HostBuilder later(long ticks) {
    uptimeTicks = uptimeTicks == null ? null : uptimeTicks + ticks;
    bios.clear();
    return this;
  }

  HostSnapshot snapshot() {
    return new HostSnapshot(
        KernelRelease.parse("6.1.0-50-amd64").toOptional().orElseThrow(),
        uptimeTicks,
        List.copyOf(domains.values()),
        List.copyOf(backends.values()),
        List.copyOf(threads.values()),
        List.of(),
        List.copyOf(stacks.values()),
        Map.of(),
        bios,
        Map.of(),
        unread);
  }

  /** A backend with some of its fields changed. */
  record Edit(Backend backend) {
    Edit state(@Nullable Integer state) {
      return with(backend.kind(), state, backend.online(), backend.nodeDevice());
    }

    Edit online(@Nullable Boolean online) {
      return with(backend.kind(), backend.state(), online, backend.nodeDevice());
    }

    Edit nodeDevice(@Nullable DeviceNumber device) {
      return with(backend.kind(), backend.state(), backend.online(), device);
    }

    Edit kind(BackendKind kind) {
      return with(kind, backend.state(), backend.online(), backend.nodeDevice());
    }

    Edit dev(@Nullable String dev) {
      return new Edit(
          new Backend(
              backend.kind(),
              backend.domid(),
              backend.handle(),
              dev,
              backend.mode(),
              backend.params(),
              backend.state(),
              backend.online(),
              backend.nodeDevice(),
              backend.kernelDevice(),
              backend.pids(),
              backend.maxQueues(),
              backend.queues(),
              backend.counters(),
              null));
    }

    Edit pids(Backend.KthreadPids pids) {
      return rest(pids, backend.maxQueues(), backend.queues(), backend.counters());
    }

    Edit queues(@Nullable Integer max, @Nullable Integer wanted) {
      return rest(backend.pids(), max, wanted, backend.counters());
    }

    Edit counters(@Nullable DiskCounters counters) {
      return rest(backend.pids(), backend.maxQueues(), backend.queues(), counters);
    }

    private Edit with(
        BackendKind kind,
        @Nullable Integer state,
        @Nullable Boolean online,
        @Nullable DeviceNumber nodeDevice) {
      return new Edit(
          new Backend(
              kind,
              backend.domid(),
              backend.handle(),
              backend.dev(),
              backend.mode(),
              backend.params(),
              state,
              online,
              nodeDevice,
              backend.kernelDevice(),
              backend.pids(),
              backend.maxQueues(),
              backend.queues(),
              backend.counters(),
              null));
    }

    private Edit rest(
        Backend.KthreadPids pids,
        @Nullable Integer maxQueues,
        @Nullable Integer wantedQueues,
        @Nullable DiskCounters counters) {
      return new Edit(
          new Backend(
              backend.kind(),
              backend.domid(),
              backend.handle(),
              backend.dev(),
              backend.mode(),
              backend.params(),
              backend.state(),
              backend.online(),
              backend.nodeDevice(),
              backend.kernelDevice(),
              pids,
              maxQueues,
              wantedQueues,
              counters,
              null));
    }
  }
}
