package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Require;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import java.util.Map;

/**
 * Which disks a rule is about; all parts must fit.
 *
 * @param roles roles of the volume; none given fits all
 * @param domain name or UUID of the domain
 * @param host name of the host
 * @param volume path of the volume; a volume without one fits only {@code *}
 * @param plan label of the domain; one without a plan fits only {@code *}
 * @param owner label of the domain; one without an owner fits only {@code *}
 * @param labels further labels that the domain must have, at most 32
 * @param devices kinds of device that the disk may lie on; none given fits all
 */
public record Match(
    List<VolumeRole> roles,
    Glob domain,
    Glob host,
    Glob volume,
    Glob plan,
    Glob owner,
    Map<String, Glob> labels,
    List<DeviceClass> devices) {
  /** Fits every disk. */
  public static final Match ANY = new Match(List.of(), Glob.ANY, Glob.ANY, Glob.ANY);

  public Match {
    roles = Require.list(roles, VolumeRole.values().length, "role");
    Require.present(domain, "domain");
    Require.present(host, "host");
    Require.present(volume, "volume");
    Require.present(plan, "plan");
    Require.present(owner, "owner");
    Require.within(labels.size(), 0, DomainLabels.OTHERS_MAX, "label (count)");
    labels = Map.copyOf(labels);
    devices = Require.list(devices, DeviceClass.values().length, "device");
  }

  /** A rule that neither labels nor the kind of device matter for. */
  public Match(List<VolumeRole> roles, Glob domain, Glob host, Glob volume) {
    this(roles, domain, host, volume, Glob.ANY, Glob.ANY, Map.of(), List.of());
  }

  /** Fits every disk of these hosts. */
  public static Match ofHosts(Glob host) {
    return new Match(List.of(), Glob.ANY, host, Glob.ANY);
  }

  /**
   * Whether the rule is about this disk.
   *
   * @param said what is said of its domain
   */
  public boolean fits(HostId hostId, MappedDisk disk, DomainLabels said) {
    String path = disk.volume().path();
    return (roles.isEmpty() || roles.contains(disk.volume().role()))
        && host.matches(hostId.value())
        && (domain.matches(disk.domain().name()) || domain.matches(disk.domain().uuid().toString()))
        && volume.matches(path == null ? "" : path)
        && plan.matches(said.plan())
        && owner.matches(said.owner())
        && (devices.isEmpty() || devices.contains(DeviceClass.of(disk.physical())))
        && labels.entrySet().stream()
            .allMatch(each -> {
              String value = said.others().get(each.getKey());
              return value != null && each.getValue().matches(value);
            });
  }
}
