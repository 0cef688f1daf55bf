package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The volume of a disk in dom0.
 *
 * @param path the toolstack's path, such as {@code /dev/vg/vm176_swap}; absent if none
 * @param device block device number; absent until the hotplug script has set it
 * @param dm kernel name such as {@code dm-20}; absent for other devices
 * @param dmName device-mapper name such as {@code vg-vm176_swap}
 * @param dmUuid device-mapper UUID, the volume's permanent identity ({@code LVM-} and 64
 *     characters)
 * @param role use of the volume in the guest
 * @param roleBy source of the role: {@code name: swap}, {@code option: PATTERN}, {@code signature};
 *     at most 100 characters; absent if no rule matched, so that the role is {@code data}
 * @param cached whether the disk's process only writes to the page cache, so that threads of the
 *     kernel write to the device and no restraint acts on them; absent when false
 */
public record Volume(
    @Nullable String path,
    @Nullable DeviceNumber device,
    @Nullable String dm,
    @Nullable String dmName,
    @Nullable String dmUuid,
    VolumeRole role,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String roleBy,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean cached) {
  /** Maximum length of {@code roleBy}. */
  public static final int MAX_ROLE_BY = 100;

  public Volume {
    Require.optionalText(path, 1024, "volume.path");
    Require.optionalText(dm, 32, "volume.dm");
    Require.optionalText(dmName, 256, "volume.dm_name");
    Require.optionalText(dmUuid, 256, "volume.dm_uuid");
    Require.optionalText(roleBy, MAX_ROLE_BY, "volume.role_by");
  }
}
