package io.blkwarden.controller.config;

import io.blkwarden.model.HostId;
import io.blkwarden.model.NatsSeed;
import io.blkwarden.model.subject.HostToken;
import java.io.IOException;
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
 * The folder that {@code blkwarden nats init} writes: the configuration of each nats-server, two
 * files with its users and accounts, and seed files in {@code seeds}.
 *
 * <p>Seeds are created with mode 0600 and never overwritten. The files with users and accounts are
 * replaced, the configuration is not. All writes are atomic.
 */
public final class AccessFolder {
  /** Name of the server's configuration. */
  public static final String CONFIG = "nats-server.conf";

  /** Name of the file with the users and exports of the controllers' account. */
  public static final String USERS = "users.conf";

  /** Name of the file with the other accounts. */
  public static final String ACCOUNTS = "accounts.conf";

  /** Name of the secret file with the cluster's routes and password. */
  public static final String ROUTES = "routes.conf";

  private static final String HOST = "host-";
  private static final String SUFFIX = ".nk";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;
  private final Path seeds;

  /** Opens the folder, and creates it if necessary. */
  public AccessFolder(Path folder) throws IOException {
    this.folder = folder;
    this.seeds = folder.resolve("seeds");
    Files.createDirectories(folder);
    if (!Files.isDirectory(seeds)) {
      Files.createDirectory(seeds, PRIVATE_FOLDER);
    }
  }

  /** The path of a user's seed. */
  public Path seed(String file) {
    return seeds.resolve(file);
  }

  /** The hosts with a seed. */
  public List<HostId> hosts() throws IOException {
    List<HostId> found = new ArrayList<>();
    for (String token : seedsOf(HOST)) {
      try {
        found.add(HostToken.decode(token));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "%s: %s".formatted(seeds.resolve(HOST + token + SUFFIX), e.getMessage()), e);
      }
    }
    return found;
  }

  /**
   * The names of users with a seed of a kind; empty for {@code KIND.nk}.
   *
   * @param kind prefix of the file names
   */
  public List<String> people(String kind) throws IOException {
    List<String> found = new ArrayList<>(seedsOf(kind + "-"));
    if (Files.exists(seed(kind + SUFFIX))) {
      found.addFirst("");
    }
    return found;
  }

  private List<String> seedsOf(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(seeds)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && name.endsWith(SUFFIX))
          .map(name -> name.substring(prefix.length(), name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  /**
   * Reads a seed, or creates it if the file does not exist.
   *
   * @throws IOException also if the file contains no seed
   */
  public String seed(String file, String about, Supplier<String> fresh) throws IOException {
    Path path = seed(file);
    if (!Files.exists(path)) {
      String made = fresh.get();
      String text = "# NATS seed of %s: a secret\n%s\n".formatted(about, made);
      Path _ = place(path, text, false, PRIVATE);
      return made;
    }
    Optional<String> seed =
        Files.size(path) > NatsSeed.FILE_MAX
            ? Optional.empty()
            : NatsSeed.inSeedFile(Files.readString(path));
    return seed.orElseThrow(() ->
        new IOException(
            ("%s: expected a seed that begins with SU, alone on its line; move the file away to"
                    + " create a new one")
                .formatted(path)));
  }

  /** The configuration, if it exists. */
  public Optional<Path> config() {
    Path config = folder.resolve(CONFIG);
    return Files.exists(config) ? Optional.of(config) : Optional.empty();
  }

  /** Writes the configuration, which must not exist. */
  public Path config(String text) throws IOException {
    return place(folder.resolve(CONFIG), text, false);
  }

  /** Writes or replaces the configuration of another server of the cluster. */
  public Path config(int number, String text) throws IOException {
    return place(folder.resolve("nats-server-%d.conf".formatted(number)), text, true);
  }

  /** A file of the folder, if it exists. */
  public Optional<String> read(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** Writes or replaces the cluster's routes, which are secret. */
  public void routes(String text) throws IOException {
    Path _ = place(folder.resolve(ROUTES), text, true, PRIVATE);
  }

  /**
   * Replaces the files with accounts and users, accounts first: a server that reads them in between
   * refuses them.
   */
  public void lists(String users, String accounts) throws IOException {
    Path _ = place(folder.resolve(ACCOUNTS), accounts, true);
    Path _ = place(folder.resolve(USERS), users, true);
  }

  /** Writes a file atomically; an existing one is replaced or, else, an error. */
  private static Path place(
      Path target, String text, boolean replace, FileAttribute<?>... attributes)
      throws IOException {
    Path next = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(next); // of a killed run
    try {
      Files.createFile(next, attributes);
      Files.writeString(next, text);
      return replace
          ? Files.move(next, target, StandardCopyOption.ATOMIC_MOVE)
          : Files.move(next, target);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) { // "no space left on device" names no file
      throw (IOException)
          new FileSystemException(target.toString(), null, String.valueOf(e.getMessage()))
              .initCause(e);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
