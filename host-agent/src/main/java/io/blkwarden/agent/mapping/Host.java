package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.type.DiskProcess.Ring;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Indexes over a snapshot: domains, blkback disks, threads and devices. */
final class Host {
  private final HostSnapshot snapshot;
  private final Map<Integer, DomainRef> domains = new HashMap<>();
  private final Map<Integer, List<Vbd>> vbdsByDomid = new HashMap<>();
  private final List<Vbd> vbds = new ArrayList<>();
  private final Map<Integer, HostThread> threads = new HashMap<>();
  private final Map<DeviceNumber, DmDevice> dm = new HashMap<>();
  private final Map<DeviceNumber, DeviceStack> stacks = new HashMap<>();

  Host(HostSnapshot snapshot) {
    this.snapshot = snapshot;
    snapshot.domains().forEach(domain -> domains.putIfAbsent(domain.domid(), domain));
    snapshot.dmDevices().forEach(device -> dm.put(device.number(), device));
    snapshot.stacks().forEach(stack -> stacks.put(stack.device(), stack));
    snapshot.threads().forEach(thread -> threads.put(thread.id().pid(), thread));
    snapshot.backends().stream()
        .filter(backend -> backend.kind() == BackendKind.VBD && backend.served() == null)
        .sorted(Comparator.comparingInt(Backend::domid).thenComparingInt(Backend::handle))
        .map(backend -> new Vbd(backend, domains.get(backend.domid())))
        .forEach(vbd -> {
          vbds.add(vbd);
          vbdsByDomid.computeIfAbsent(vbd.backend().domid(), _ -> new ArrayList<>()).add(vbd);
        });
  }

  HostSnapshot snapshot() {
    return snapshot;
  }

  /** Uptime at the start of the scan. */
  @Nullable Long uptimeTicks() {
    return snapshot.uptimeTicks();
  }

  /** All blkback disks, connected or not, by domid and handle. */
  List<Vbd> vbds() {
    return vbds;
  }

  List<Vbd> vbdsOf(int domid) {
    return vbdsByDomid.getOrDefault(domid, List.of());
  }

  Optional<DomainRef> domain(int domid) {
    return Optional.ofNullable(domains.get(domid));
  }

  /** blkback threads by pid. */
  Map<Integer, HostThread> threads() {
    return threads;
  }

  Optional<DmDevice> dm(DeviceNumber device) {
    return Optional.ofNullable(dm.get(device));
  }

  Optional<DeviceStack> stack(DeviceNumber device) {
    return Optional.ofNullable(stacks.get(device));
  }

  /** Whether all these rings are of disks of this host. */
  boolean knows(Set<Ring> rings) {
    return rings.stream()
        .allMatch(ring ->
            snapshot.backends().stream()
                .anyMatch(backend ->
                    backend.kind() == BackendKind.VBD3
                        && backend.domid() == ring.domid()
                        && backend.handle() == ring.handle()));
  }

  /** Whether exactly one disk of the host, of any backend kind, uses the device. */
  boolean servesOneDisk(DeviceNumber device) {
    return snapshot.backends().stream()
            .filter(backend ->
                device.equals(backend.kernelDevice()) || device.equals(backend.nodeDevice()))
            .limit(2)
            .count()
        == 1;
  }
}
