package io.blkwarden.agent.kernel;

/**
 * Whether a device turns, as its driver says.
 *
 * <p>Source: {@code /sys/block/NAME/queue/rotational}: {@code 1} or {@code 0}. The kernel takes a
 * device for one that turns until its driver says otherwise, and virtio and many RAID controllers
 * never do.
 */
public final class Rotational {
  private Rotational() {}

  /** Reads {@code sys/block/NAME/queue/rotational}. */
  public static ReadResult<Boolean> read(KernelFiles files, String device) {
    String path = "sys/block/" + device + "/queue/rotational";
    return files.read(path).parse(path, Rotational::parse);
  }

  /** Parses the file's text. */
  static ReadResult<Boolean> parse(String text) {
    return switch (text.strip()) {
      case "1" -> ReadResult.present(true);
      case "0" -> ReadResult.present(false);
      case String other -> ReadResult.malformed("rotational", "0 or 1", other);
    };
  }
}
