package io.blkwarden.agent.kernel;

import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block device: its kernel name, its number and its whole disk.
 *
 * <p>Sources: {@code /sys/block/NAME/dev}, {@code /sys/block/DISK/NAME/dev} for a partition, and
 * the links {@code /sys/class/block/NAME} and {@code /sys/dev/block/MAJOR:MINOR}.
 *
 * @param name such as {@code dm-20}, {@code sda1}; a slash is written {@code !}
 * @param number its major and minor number
 * @param disk kernel name of the disk of a partition, else the name itself
 */
public record BlockDevice(String name, DeviceNumber number, String disk) {
  private static final Pattern DRIVER_NAME =
      Pattern.compile(
          "(sd|hd|vd|xvd|dasd)[a-z]+|nvme\\d+(c\\d+)?n\\d+|mmcblk\\d+(boot\\d|gp\\d)?"
              + "|(cciss|ida|rd)!c\\d+d\\d+|pmem\\d+(\\.\\d+)?s?|rssd[a-z]+|fio[a-z]+|s[rt]\\d+");
  private static final Pattern BUS =
      Pattern.compile("(?:\\.\\./)*+devices/(pci|LNXSYSTM|css|vio|vbd-|soc|amba|ibmebus)[^/]*/.*");
  private static final String VIRTUAL = "devices/virtual/block/";

  /** Names of all whole disks, including dm devices, sorted: {@code /sys/block}. */
  public static ReadResult<List<String>> names(KernelFiles files) {
    return files.list("sys/block");
  }

  /** Finds a device by its kernel name. */
  public static ReadResult<BlockDevice> named(KernelFiles files, String name) {
    ReadResult<DeviceNumber> number = numberAt(files, "sys/block/" + name + "/dev");
    if (!(number instanceof ReadResult.Absent<DeviceNumber>)) {
      return number.map(found -> new BlockDevice(name, found, name));
    }
    String link = "sys/class/block/" + name;
    return files.link(link).flatMap(target -> partition(files, link, target));
  }

  /** Finds a device by its number. */
  public static ReadResult<BlockDevice> numbered(KernelFiles files, DeviceNumber number) {
    String link = "sys/dev/block/" + number;
    return files
        .link(link)
        .flatMap(target -> {
          String name = target.substring(target.lastIndexOf('/') + 1);
          return files.list("sys/block/" + name).isPresent()
              ? named(files, name)
              : partition(files, link, target);
        });
  }

  /** A partition, from a link such as {@code ../../devices/pci0000:00/.../block/sda/sda1}. */
  private static ReadResult<BlockDevice> partition(KernelFiles files, String link, String target) {
    String[] parts = target.split("/", -1);
    if (parts.length < 2) {
      return ReadResult.malformed(link, ".../DISK/PARTITION", target);
    }
    String disk = parts[parts.length - 2];
    String name = parts[parts.length - 1];
    return numberAt(files, "sys/block/" + disk + "/" + name + "/dev")
        .map(number -> new BlockDevice(name, number, disk));
  }

  /** Reads a file with {@code MAJOR:MINOR} in decimal. */
  public static ReadResult<DeviceNumber> numberAt(KernelFiles files, String path) {
    return files.read(path).parse(path, BlockDevice::parseNumber);
  }

  /** Parses {@code 253:20} and a newline. */
  static ReadResult<DeviceNumber> parseNumber(String text) {
    try {
      return ReadResult.present(DeviceNumber.parse(text.strip()));
    } catch (IllegalArgumentException invalid) {
      return ReadResult.malformed("device", "MAJOR:MINOR in decimal", text);
    }
  }

  /**
   * Whether a device is hardware, recognised by its bus (the link {@code /sys/block/NAME}) or its
   * driver's name; false when unknown.
   *
   * <p>All users of a hardware device share its queue, so its scheduler can order them. A virtual
   * device (zvol, rbd, nbd, zram, a diskless drbd) passes I/O to workers or to the network, and
   * priorities end there.
   */
  public static boolean isHardware(KernelFiles files, String name) {
    String link = files.link("sys/block/" + name).orElse("");
    return !link.contains(VIRTUAL)
        && (DRIVER_NAME.matcher(name).matches() || BUS.matcher(link).matches());
  }

  /**
   * Reads {@code sys/block/NAME/queue/rotational}. The kernel's default is 1; virtio and many RAID
   * drivers never change it.
   */
  public static ReadResult<Boolean> isRotational(KernelFiles files, String device) {
    return files.parse("sys/block/" + device + "/queue/rotational", BlockDevice::parseFlag);
  }

  /** Parses {@code 0} or {@code 1} and a newline. */
  static ReadResult<Boolean> parseFlag(String text) {
    return switch (text.strip()) {
      case "0" -> ReadResult.present(false);
      case "1" -> ReadResult.present(true);
      default -> ReadResult.malformed("flag", "0 or 1", text);
    };
  }
}
