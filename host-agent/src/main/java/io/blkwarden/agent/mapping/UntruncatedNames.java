package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.model.BackendKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether the names of a host's threads make counters unnecessary.
 *
 * <p>They do if no name may be truncated and no two disks of a domain have the same name: then each
 * thread matches at most one disk and is proven by its name or not at all.
 */
public final class UntruncatedNames {
  private UntruncatedNames() {}

  /** Whether names alone are sufficient. */
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
