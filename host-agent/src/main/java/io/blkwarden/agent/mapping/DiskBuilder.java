package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.BackendTypes;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.kernel.DmName;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.mapping.verdict.RolePatterns.RoleVerdict;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Volume;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds the published description of each disk. */
final class DiskBuilder {
  /** The path of a device-mapper device that a process has open; the number may change. */
  private static final String KERNEL_NAME = "/dev/dm-";

  private final RolePatterns roles;

  DiskBuilder(RolePatterns roles) {
    this.roles = roles;
  }

  /**
   * All disks whose domain and virtual device are known, by domid and handle; the snapshot lists
   * why others are missing.
   */
  List<MappedDisk> build(Host host, Function<Vbd, DiskState> states) {
    return host.snapshot().backends().stream()
        .sorted(Comparator.comparingInt(Backend::domid).thenComparingInt(Backend::handle))
        .flatMap(backend ->
            host.domain(backend.domid()).stream()
                .flatMap(domain -> disk(host, backend, domain, states).stream()))
        .toList();
  }

  private Optional<MappedDisk> disk(
      Host host, Backend backend, DomainRef domain, Function<Vbd, DiskState> states) {
    String dev = backend.dev();
    if (dev == null) {
      return Optional.empty();
    }
    Vbd vbd = new Vbd(backend, domain);
    DiskState state = state(host, vbd, states);
    String mode = backend.mode() == null ? "?" : backend.mode();
    DeviceNumber device = backend.device();
    DmDevice dm = device == null ? null : host.dm(device).orElse(null);
    boolean cached = backend.served() != null && backend.served().cached();
    return Optional.of(
        new MappedDisk(
            domain,
            new DiskRef(dev, backend.handle(), backend.kind(), mode),
            volume(path(backend, dm), device, dm, cached),
            physical(host, backend, device, cached),
            switch (state) {
              case DiskState.Resolved _ -> MappingState.RESOLVED;
              case DiskState.Unresolved _ -> MappingState.UNRESOLVED;
              case DiskState.Gone _ -> MappingState.GONE;
            },
            state instanceof DiskState.Unresolved unresolved ? unresolved.reason() : null,
            state instanceof DiskState.Resolved resolved ? resolved.workers() : List.of(),
            host.snapshot().labels().getOrDefault(domain.uuid(), Map.of())));
  }

  private static DiskState state(Host host, Vbd vbd, Function<Vbd, DiskState> states) {
    Backend backend = vbd.backend();
    Backend.Served served = backend.served();
    if (served != null) {
      return host.snapshot().complete()
          ? DiskState.ofProcess(host, vbd, served)
          : DiskState.unreadable();
    }
    UnresolvedReason unsupported = BackendTypes.of(backend.kind()).unsupported().orElse(null);
    if (unsupported == null) {
      return states.apply(vbd);
    }
    return Boolean.FALSE.equals(backend.online())
        ? new DiskState.Gone()
        : new DiskState.Unresolved(unsupported);
  }

  /** A device-mapper device as a volume. */
  Volume volume(DmDevice dm) {
    return volume(lvmPath(dm), dm.number(), dm, false);
  }

  private Volume volume(
      @Nullable String path, @Nullable DeviceNumber device, @Nullable DmDevice dm, boolean cached) {
    String dmName = dm == null ? null : dm.name();
    RoleVerdict role = roles.of(path, dmName);
    return new Volume(
        path,
        device,
        dm == null ? null : dm.kernelName(),
        dmName,
        dm == null ? null : dm.uuid().orElse(null),
        role.role(),
        role.by(),
        cached ? true : null);
  }

  private static @Nullable String path(Backend backend, @Nullable DmDevice dm) {
    String params = backend.params();
    boolean kernelName =
        backend.served() != null && params != null && params.startsWith(KERNEL_NAME);
    return kernelName && dm != null ? lvmPath(dm) : "".equals(params) ? null : params;
  }

  /** The path that LVM's udev rules create; absent if it is no logical volume. */
  private static @Nullable String lvmPath(DmDevice dm) {
    return dm.isLogicalVolume() ? dm.lvmName().map(DiskBuilder::path).orElse(null) : null;
  }

  private static String path(DmName name) {
    return "/dev/" + name.volumeGroup() + "/" + name.logicalVolume();
  }

  private static List<PhysicalDevice> physical(
      Host host, Backend backend, @Nullable DeviceNumber device, boolean cached) {
    Optional<DeviceStack> below =
        device == null
            ? Optional.ofNullable(host.snapshot().fileStacks().get(backend.params()))
            : host.stack(device);
    return below
        .map(stack ->
            stack.physical().stream()
                .map(found ->
                    found.below(
                        cached ? Set.of(Layer.CACHED) : stack.layers(), host.snapshot().kernel()))
                .toList())
        .orElse(List.of());
  }
}
