package io.blkwarden.agent.state;

import java.nio.file.Path;

/**
 * The two directories of an agent's state: the state directory, and one on another mount point that
 * has a second copy of every record that is needed to restore what was changed.
 *
 * @param main the state directory ({@code --state-dir})
 * @param copies directory of the second copies
 */
public record StateFolders(Path main, Path copies) {
  private static final Path COPIES = Path.of("/run/blkwarden-copy");
  private static final int LONGEST_NAME = 200;

  /** The directories of an agent that acts on this host. */
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

  /** Both copies in one directory, for simulated and captured hosts. */
  public static StateFolders beside(Path main) {
    return new StateFolders(main, main);
  }
}
