package io.blkwarden.agent.kernel;

import java.util.UUID;

/**
 * The host's boot id; start times, pids, domids and counters are valid within one boot.
 *
 * <p>Source: {@code /proc/sys/kernel/random/boot_id}.
 *
 * @param id random at each boot
 */
public record BootId(UUID id) {
  /** Path of the file. */
  public static final String PATH = "proc/sys/kernel/random/boot_id";

  private static final int UUID_LENGTH = 36;

  /** Reads the file. */
  public static ReadResult<BootId> read(KernelFiles files) {
    return files.parse(PATH, BootId::parse);
  }

  /** Parses the file's text. */
  public static ReadResult<BootId> parse(String text) {
    String id = text.strip();
    try {
      if (id.length() == UUID_LENGTH) {
        return ReadResult.present(new BootId(UUID.fromString(id)));
      }
    } catch (IllegalArgumentException notUuid) {
      // reported below
    }
    return ReadResult.malformed("boot_id", "a UUID", text);
  }
}
