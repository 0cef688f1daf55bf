package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is behind a disk in dom0.
 *
 * @param path the toolstack's path, such as {@code /dev/vg/vm176_swap}; absent when it gave none
 * @param device number of the block device; absent until the hotplug script has set it
 * @param dm kernel name such as {@code dm-20}, absent when it is not a device-mapper device
 * @param dmName device-mapper name such as {@code vg-vm176_swap}
 * @param dmUuid device-mapper UUID, the volume's lasting identity ({@code LVM-} and 64 characters)
 * @param role what the guest uses it for
 * @param roleBy what told the role: {@code name: swap}, {@code option: PATTERN}, {@code signature};
 *     at most 100 characters; absent when nothing did, which makes it {@code data}
 */
public record Volume(
    @Nullable String path,
    @Nullable DeviceNumber device,
    @Nullable String dm,
    @Nullable String dmName,
    @Nullable String dmUuid,
    VolumeRole role,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String roleBy) {
  /** Most characters of {@code roleBy}. */
  public static final int MAX_ROLE_BY = 100;

  public Volume {
    Require.optionalText(path, 1024, "volume.path");
    Require.optionalText(dm, 32, "volume.dm");
    Require.optionalText(dmName, 256, "volume.dm_name");
    Require.optionalText(dmUuid, 256, "volume.dm_uuid");
    Require.present(role, "volume.role");
    Require.optionalText(roleBy, MAX_ROLE_BY, "volume.role_by");
  }

  /** A volume of which nobody says what told its role. */
  public Volume(
      @Nullable String path,
      @Nullable DeviceNumber device,
      @Nullable String dm,
      @Nullable String dmName,
      @Nullable String dmUuid,
      VolumeRole role) {
    this(path, device, dm, dmName, dmUuid, role, null);
  }
}
