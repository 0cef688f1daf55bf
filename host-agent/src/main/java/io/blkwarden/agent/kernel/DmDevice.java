package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;

/**
 * A device-mapper device in sysfs.
 *
 * <p>Source: {@code /sys/block/dm-N/}: {@code dev}, {@code dm/name}, {@code dm/uuid}, {@code
 * dm/suspended}, {@code slaves/}. lvrename changes the name and lvremove frees the number for
 * reuse; the UUID is permanent.
 *
 * @param kernelName {@code dm-N}
 * @param number its major and minor number
 * @param name device-mapper name, such as {@code vg-vm101_swap}
 * @param uuid device-mapper UUID; empty if created without one
 * @param suspended whether I/O to it is suspended, as during a snapshot
 * @param slaves kernel names of the devices directly below, including partitions, sorted
 */
public record DmDevice(
    String kernelName,
    DeviceNumber number,
    String name,
    Optional<String> uuid,
    boolean suspended,
    List<String> slaves) {
  private static final String PREFIX = "dm-";
  private static final String LVM_PREFIX = "LVM-";
  private static final int LVM_UUID_LENGTH = 68;

  public DmDevice {
    slaves = List.copyOf(slaves);
  }

  /** Kernel names of all device-mapper devices, sorted as text. */
  public static ReadResult<List<String>> names(KernelFiles files) {
    return BlockDevice.names(files)
        .map(all -> all.stream().filter(name -> name.startsWith(PREFIX)).toList());
  }

  /** Reads one device. Absent if it does not exist or is not a device-mapper device. */
  public static ReadResult<DmDevice> read(KernelFiles files, String kernelName) {
    String dir = "sys/block/" + kernelName;
    ReadResult<String> name = files.read(dir + "/dm/name");
    if (!(name instanceof ReadResult.Present<String>(String nameLine))) {
      return name.withoutValue();
    }
    ReadResult<String> uuid = files.read(dir + "/dm/uuid");
    if (!(uuid instanceof ReadResult.Present<String>(String uuidLine))) {
      return uuid.withoutValue();
    }
    ReadResult<DeviceNumber> number = BlockDevice.numberAt(files, dir + "/dev");
    ReadResult<Boolean> suspended = suspended(files, kernelName);
    ReadResult<List<String>> slaves = files.list(dir + "/slaves");
    return number.flatMap(device ->
        suspended.flatMap(waits ->
            slaves.map(below ->
                new DmDevice(kernelName, device, line(nameLine), uuidOf(uuidLine), waits, below))));
  }

  /** This device with the current suspend state, for which the kernel sends no event. */
  public ReadResult<DmDevice> refresh(KernelFiles files) {
    return suspended(files, kernelName)
        .map(waits ->
            waits == suspended
                ? this
                : new DmDevice(kernelName, number, name, uuid, waits, slaves));
  }

  private static ReadResult<Boolean> suspended(KernelFiles files, String kernelName) {
    String flag = "sys/block/" + kernelName + "/dm/suspended";
    return files.read(flag).parse(flag, BlockDevice::parseFlag);
  }

  private static Optional<String> uuidOf(String text) {
    return Optional.of(line(text)).filter(uuid -> !uuid.isEmpty());
  }

  /** Whether it is an LVM logical volume, not one of the layers inside one. */
  public boolean isLogicalVolume() {
    return uuid.filter(text -> text.startsWith(LVM_PREFIX) && text.length() == LVM_UUID_LENGTH)
        .isPresent();
  }

  /** The LVM name, if it belongs to LVM. */
  public Optional<DmName> lvmName() {
    return uuid.filter(text -> text.startsWith(LVM_PREFIX))
        .flatMap(text -> DmName.parse(name).toOptional());
  }

  private static String line(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
