package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A disk of the kernel's blkback, with what is known of its domain.
 *
 * @param backend what the scan read
 * @param domain the domain's incarnation; absent when xenstore has none of that number
 */
record Vbd(Backend backend, @Nullable DomainRef domain) {
  /** Where a disk is, while it may be one after the other there. */
  record Slot(int domid, int handle) {}

  /**
   * A disk from one connection of it to the next change of what it is. Evidence of one such life
   * says nothing of another.
   */
  record Connection(UUID domain, Slot slot, String dev, DeviceNumber device) {}

  Slot slot() {
    return new Slot(backend.domid(), backend.handle());
  }

  /** Whether xenstore and kernel say that it has threads, or is about to have them. */
  boolean connected() {
    return Integer.valueOf(Backend.CONNECTED).equals(backend.state())
        && Boolean.TRUE.equals(backend.online());
  }

  /** The device that both xenstore and the kernel name. */
  @Nullable DeviceNumber agreedDevice() {
    DeviceNumber device = backend.kernelDevice();
    return Objects.equals(device, backend.nodeDevice()) ? device : null;
  }

  /** The kernel's word for its device, else xenstore's. */
  @Nullable DeviceNumber device() {
    return backend.kernelDevice() == null ? backend.nodeDevice() : backend.kernelDevice();
  }

  /**
   * Whether its state says for certain that it has no threads: initialising, or closed. In the
   * others it has some, may still have some, or cannot be told.
   */
  boolean hasNoThreads() {
    Integer state = backend.state();
    return state != null && (state <= 3 || state == 6);
  }

  /** Its present life, if it has one that evidence can be kept for. */
  Optional<Connection> connection() {
    DeviceNumber device = agreedDevice();
    String dev = backend.dev();
    return connected() && device != null && dev != null && domain != null
        ? Optional.of(new Connection(domain.uuid(), slot(), dev, device))
        : Optional.empty();
  }

  /** How a thread's name fits it. */
  Optional<NameMatch> match(HostThread thread) {
    return NameMatch.of(thread.name(), backend.domid(), backend.dev(), agreedDevice());
  }

  /**
   * Most rings that the backend let the guest have. dom0 writes it, when it makes the node, so it
   * bounds what the guest says.
   */
  int maxRings() {
    Integer most = backend.maxQueues();
    return most == null ? 1 : Math.max(1, most);
  }
}
