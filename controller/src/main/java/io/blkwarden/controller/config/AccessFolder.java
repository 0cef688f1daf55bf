package io.blkwarden.controller.config;

import io.blkwarden.model.HostId;
import io.blkwarden.model.NatsSeed;
import io.blkwarden.model.subject.HostToken;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The folder that {@code blkwarden nats init} writes: a server's configuration, the list of its
 * users, and below {@code seeds} one file with a seed for each.
 *
 * <p>Seeds are mode 0600 from their first byte. Seeds and the configuration are never written over;
 * the list of users is replaced as a whole. None is ever there in part.
 */
public final class AccessFolder {
  /** Name of the server's configuration. */
  public static final String CONFIG = "nats-server.conf";

  /** Name of the list of users. */
  public static final String USERS = "users.conf";

  private static final String HOST = "host-";
  private static final String SUFFIX = ".nk";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;
  private final Path seeds;

  /** Opens the folder, and creates it if it is missing. */
  public AccessFolder(Path folder) throws IOException {
    this.folder = folder;
    this.seeds = folder.resolve("seeds");
    Files.createDirectories(folder);
    if (!Files.isDirectory(seeds)) {
      Files.createDirectory(seeds, PRIVATE_FOLDER);
    }
  }

  /** Where a user's seed is. */
  public Path seed(String file) {
    return seeds.resolve(file);
  }

  /** The hosts that have a seed already. */
  public List<HostId> hosts() throws IOException {
    List<HostId> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(seeds)) {
      for (String name : files.map(file -> file.getFileName().toString()).sorted().toList()) {
        if (name.startsWith(HOST) && name.endsWith(SUFFIX)) {
          String token = name.substring(HOST.length(), name.length() - SUFFIX.length());
          try {
            found.add(HostToken.decode(token));
          } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(seeds.resolve(name), e.getMessage()), e);
          }
        }
      }
    }
    return found;
  }

  /**
   * The seed in a file; a new one if there is no such file.
   *
   * @throws IOException also when the file holds no seed
   */
  public String seed(String file, String about, Supplier<String> fresh) throws IOException {
    Path path = seed(file);
    if (!Files.exists(path)) {
      String made = fresh.get();
      String text = "# NATS seed of %s: a secret\n%s\n".formatted(about, made);
      place(path, text, List.of(), PRIVATE);
      return made;
    }
    Optional<String> seed =
        Files.size(path) > NatsSeed.FILE_MAX
            ? Optional.empty()
            : NatsSeed.in(Files.readString(path));
    return seed.orElseThrow(() ->
        new IOException(
            ("%s: expected a seed that begins with SU, alone on its line; move the file away for a"
                    + " new one")
                .formatted(path)));
  }

  /** The configuration, if it was written. */
  public Optional<Path> config() {
    Path config = folder.resolve(CONFIG);
    return Files.exists(config) ? Optional.of(config) : Optional.empty();
  }

  /** Writes the configuration, which is not there yet. */
  public Path config(String text) throws IOException {
    Path config = folder.resolve(CONFIG);
    place(config, text, List.of());
    return config;
  }

  /** The list of users, if it was written. */
  public Optional<String> users() throws IOException {
    Path users = folder.resolve(USERS);
    return Files.exists(users) ? Optional.of(Files.readString(users)) : Optional.empty();
  }

  /** Replaces the list of users. */
  public void users(String text) throws IOException {
    place(folder.resolve(USERS), text, List.of(StandardCopyOption.ATOMIC_MOVE));
  }

  /** A file is whole or missing: half a seed would stop all later runs, half a list the server. */
  private static void place(
      Path target, String text, List<CopyOption> how, FileAttribute<?>... attributes)
      throws IOException {
    Path next = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(next); // of a run that was killed
    try {
      Files.createFile(next, attributes);
      Files.writeString(next, text);
      Files.move(next, target, how.toArray(CopyOption[]::new));
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) { // a disk that is full names no file
      FileSystemException named =
          new FileSystemException(target.toString(), null, String.valueOf(e.getMessage()));
      named.initCause(e);
      throw named;
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
