package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A blkback disk and its domain.
 *
 * @param backend the backend as scanned
 * @param domain the domain; absent when xenstore has none with that domid
 */
record Vbd(Backend backend, @Nullable DomainRef domain) {
  /** The position of a disk; different disks may use it one after the other. */
  record Slot(int domid, int handle) {}

  /**
   * One connection of a disk, until its identity or device changes. Evidence is valid for one
   * connection only.
   */
  record Connection(UUID domain, Slot slot, String dev, DeviceNumber device) {}

  Slot slot() {
    return new Slot(backend.domid(), backend.handle());
  }

  /** Whether it is connected, so that it has threads or will have them soon. */
  boolean connected() {
    return Integer.valueOf(Backend.CONNECTED).equals(backend.state())
        && Boolean.TRUE.equals(backend.online());
  }

  /** The device, if xenstore and the kernel agree on it. */
  @Nullable DeviceNumber agreedDevice() {
    DeviceNumber device = backend.kernelDevice();
    return Objects.equals(device, backend.nodeDevice()) ? device : null;
  }

  /**
   * Whether it certainly has no threads: initialising or closed. In other states it has some, may
   * have some, or it is unknown.
   */
  boolean hasNoThreads() {
    Integer state = backend.state();
    return state != null && (state <= 3 || state == 6);
  }

  /** The current connection, if it is fully known. */
  Optional<Connection> connection() {
    DeviceNumber device = agreedDevice();
    String dev = backend.dev();
    return connected() && device != null && dev != null && domain != null
        ? Optional.of(new Connection(domain.uuid(), slot(), dev, device))
        : Optional.empty();
  }

  /** How a thread's name matches the disk. */
  Optional<NameMatch> match(HostThread thread) {
    return NameMatch.of(thread.name(), backend.domid(), backend.dev(), agreedDevice());
  }

  /**
   * Maximum number of rings that the backend offers; written by dom0, so it bounds the guest's
   * number.
   */
  int maxRings() {
    Integer most = backend.maxQueues();
    return most == null ? 1 : Math.max(1, most);
  }
}
