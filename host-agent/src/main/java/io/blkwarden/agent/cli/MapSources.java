package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Set;

/**
 * Where {@code map} looks.
 *
 * @param files the kernel's files
 * @param store the host's xenstore
 * @param priorities the I/O priorities of its tasks
 * @param trace who submits I/O, where that can be seen
 */
record MapSources(KernelFiles files, XenStore store, IoPriorities priorities, Trace trace) {
  /** Sees which thread submits to which device. */
  interface Trace {
    /** Sees nothing, as on a captured tree. */
    Trace NONE =
        new Trace() {
          @Override
          public void arm(Set<DeviceNumber> devices) {}

          @Override
          public List<ObservedBio> drain() {
            return List.of();
          }
        };

    /** Watches these devices and no others. */
    void arm(Set<DeviceNumber> devices);

    /** Takes what was seen since the last time. */
    List<ObservedBio> drain();
  }
}
