package io.blkwarden.controller.policy;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.VolumeRole;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A selector of disks; all parts must match.
 *
 * @param roles roles of the volume; any when empty
 * @param domain name or UUID of the domain
 * @param host name of the host
 * @param volume path of the volume; a volume without one matches only {@code *}
 * @param plan label of the domain; one without a plan matches only {@code *}
 * @param owner label of the domain; one without an owner matches only {@code *}
 * @param labels further labels that the domain must have, at most 32
 * @param devices classes of the devices below the disk; any when empty
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
  /** Matches every disk. */
  public static final Match ANY = new Match(List.of(), Glob.ANY, Glob.ANY, Glob.ANY);

  private static final Value<Glob> PATTERN =
      Value.of(
          "a pattern of 1 to 255 characters such as vm*",
          text ->
              text.isEmpty() || text.length() > 255
                  ? Optional.empty()
                  : Optional.of(new Glob(text)));
  private static final Value<VolumeRole> ROLE = Value.oneOf(VolumeRole.values(), VolumeRole::wire);
  private static final Value<DeviceClass> DEVICE =
      Value.oneOf(
          Map.of(DeviceClass.HDD.wire(), DeviceClass.HDD, DeviceClass.SSD.wire(), DeviceClass.SSD));

  /** Matches any labels and devices. */
  public Match(List<VolumeRole> roles, Glob domain, Glob host, Glob volume) {
    this(roles, domain, host, volume, Glob.ANY, Glob.ANY, Map.of(), List.of());
  }

  /** Reads {@code match} of a policy. */
  public static Match of(Section policy) {
    return policy.section("match").map(Match::read).orElse(ANY);
  }

  /** Reads {@code match: { role, domain, host, volume, plan, owner, label, device }}. */
  public static Match read(Section in) {
    Map<String, Glob> labels = in.map("label", PATTERN);
    if (labels.size() > DomainLabels.OTHERS_MAX) {
      in.problem("label", "expected at most %d labels".formatted(DomainLabels.OTHERS_MAX));
      labels = Map.of();
    }
    return in.closed(
        new Match(
            in.list("role", ROLE).stream().distinct().toList(),
            in.get("domain", PATTERN, Glob.ANY),
            in.get("host", PATTERN, Glob.ANY),
            in.get("volume", PATTERN, Glob.ANY),
            in.get("plan", PATTERN, Glob.ANY),
            in.get("owner", PATTERN, Glob.ANY),
            labels,
            in.list("device", DEVICE).stream().distinct().toList()));
  }

  /** Matches every disk of these hosts. */
  public static Match ofHosts(Glob host) {
    return new Match(List.of(), Glob.ANY, host, Glob.ANY);
  }

  /** Whether the disk matches, with the labels of its domain. */
  public boolean matches(HostId hostId, MappedDisk disk, DomainLabels domainLabels) {
    String path = disk.volume().path();
    return (roles.isEmpty() || roles.contains(disk.volume().role()))
        && host.matches(hostId.value())
        && (domain.matches(disk.domain().name()) || domain.matches(disk.domain().uuid().toString()))
        && volume.matches(path == null ? "" : path)
        && plan.matches(domainLabels.plan())
        && owner.matches(domainLabels.owner())
        && (devices.isEmpty() || devices.contains(DeviceClass.of(disk.physical())))
        && labels.entrySet().stream()
            .allMatch(each -> {
              String value = domainLabels.others().get(each.getKey());
              return value != null && each.getValue().matches(value);
            });
  }
}
