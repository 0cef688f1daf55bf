package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.model.BackendKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the names of a host's threads leave nothing for counters to decide.
 *
 * <p>So it is when no name can have been cut and no two disks of a domain have the same: then each
 * thread fits one disk at most, and is proven by its name or not at all. Counters are looked at
 * where a name is as long as it can be, and where a thread that fits is not proven.
 */
public final class UntruncatedNames {
  private UntruncatedNames() {}

  /** Whether they do. */
  public static boolean areSufficient(Collection<BlkbackName> threads, List<Backend> backends) {
    for (BlkbackName name : threads) {
      if (!name.whole() || name.style() == BlkbackName.Style.NUMBERED) {
        return false;
      }
    }
    Set<String> disks = new HashSet<>();
    for (Backend backend : backends) {
      if (backend.kind() == BackendKind.VBD) {
        String dev = backend.dev() == null ? null : NameMatch.kernelSpelling(backend.dev());
        if (dev == null || !disks.add(backend.domid() + "." + dev)) {
          return false;
        }
      }
    }
    return true;
  }
}
