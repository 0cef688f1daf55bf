package io.blkwarden.agent.cli;

import io.blkwarden.agent.mapping.SeenBio;
import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.throttle.IoPriorities;
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
          public List<SeenBio> drain() {
            return List.of();
          }
        };

    /** Watches these devices and no others. */
    void arm(Set<DeviceNumber> devices);

    /** Takes what was seen since the last time. */
    List<SeenBio> drain();
  }
}
