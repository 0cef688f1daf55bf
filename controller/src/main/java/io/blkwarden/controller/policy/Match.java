package io.blkwarden.controller.policy;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import io.blkwarden.model.VolumeRole;
import java.util.List;

/**
 * Which disks a rule is about; all parts must fit.
 *
 * @param roles roles of the volume; none given fits all
 * @param domain name or UUID of the domain
 * @param host name of the host
 * @param volume path of the volume; a volume without one fits only {@code *}
 */
public record Match(List<VolumeRole> roles, Glob domain, Glob host, Glob volume) {
  /** Fits every disk. */
  public static final Match ANY = new Match(List.of(), Glob.ANY, Glob.ANY, Glob.ANY);

  public Match {
    roles = Require.list(roles, VolumeRole.values().length, "role");
    Require.present(domain, "domain");
    Require.present(host, "host");
    Require.present(volume, "volume");
  }

  /** Fits every disk of these hosts. */
  public static Match ofHosts(Glob host) {
    return new Match(List.of(), Glob.ANY, host, Glob.ANY);
  }

  /** Whether the rule is about this disk. */
  public boolean fits(HostId hostId, MappedDisk disk) {
    String path = disk.volume().path();
    return (roles.isEmpty() || roles.contains(disk.volume().role()))
        && host.matches(hostId.value())
        && (domain.matches(disk.domain().name()) || domain.matches(disk.domain().uuid().toString()))
        && volume.matches(path == null ? "" : path);
  }
}
