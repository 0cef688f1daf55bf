package io.blkwarden.agent.state;

import java.nio.file.Path;

/**
 * The state directory, and a directory on another mount point with a second copy of every record
 * that is needed to restore tasks and queue settings.
 *
 * @param main the state directory ({@code --state-dir})
 * @param copies directory for the copies
 */
public record StateFolders(Path main, Path copies) {
  private static final Path COPIES = Path.of("/run/blkwarden-copy");
  private static final int LONGEST_NAME = 200;

  /** The directories of the agent of this host. */
  public static StateFolders ofHost(Path main) {
    String path = main.toAbsolutePath().normalize().toString();
    String name = path.substring(1).replace('/', '-');
    return new StateFolders(
        main,
        COPIES.resolve(
            name.length() > LONGEST_NAME || name.isEmpty()
                ? Integer.toHexString(path.hashCode())
                : name));
  }

  /** Both in one directory, for simulated and captured hosts. */
  public static StateFolders beside(Path main) {
    return new StateFolders(main, main);
  }
}
