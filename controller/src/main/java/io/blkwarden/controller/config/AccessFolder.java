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
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The folder that {@code blkwarden nats init} writes: the configuration of a server or of each of a
 * cluster, two lists of its users and accounts, and below {@code seeds} a file with a seed for
 * each.
 *
 * <p>Seeds are mode 0600 from their first byte, and never written over. The lists are replaced as a
 * whole; the configuration once, to be upgraded, and what it was is kept. None is ever there in
 * part.
 */
public final class AccessFolder {
  /** Name of the server's configuration. */
  public static final String CONFIG = "nats-server.conf";

  /** Name of the list of the users and exports of the controllers' account. */
  public static final String USERS = "users.conf";

  /** Name of the list of the other accounts. */
  public static final String ACCOUNTS = "accounts.conf";

  /** Name of the secret file with a cluster's routes and their password. */
  public static final String ROUTES = "routes.conf";

  /** Ends the name of what the configuration was before it was upgraded. */
  public static final String BEFORE = ".before-accounts";

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
   * The names of those who have a seed of this kind already; an empty one for {@code KIND.nk}.
   *
   * @param kind begins the names of their files
   */
  public List<String> people(String kind) throws IOException {
    List<String> found = new ArrayList<>(seedsOf(kind + "-"));
    if (Files.exists(seed(kind + SUFFIX))) {
      found.addFirst("");
    }
    return found;
  }

  private List<String> seedsOf(String begin) throws IOException {
    try (Stream<Path> files = Files.list(seeds)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(begin) && name.endsWith(SUFFIX))
          .map(name -> name.substring(begin.length(), name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
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
            : NatsSeed.inSeedFile(Files.readString(path));
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

  /** Writes the configuration for another server of a cluster, over an earlier one. */
  public Path config(int number, String text) throws IOException {
    Path config = folder.resolve("nats-server-%d.conf".formatted(number));
    place(config, text, List.of(StandardCopyOption.ATOMIC_MOVE));
    return config;
  }

  /** The file with the routes of a cluster, if it was written. */
  public Optional<String> routes() throws IOException {
    Path routes = folder.resolve(ROUTES);
    return Files.exists(routes) ? Optional.of(Files.readString(routes)) : Optional.empty();
  }

  /** Writes the routes of a cluster, over earlier ones: a secret. */
  public void routes(String text) throws IOException {
    place(folder.resolve(ROUTES), text, List.of(StandardCopyOption.ATOMIC_MOVE), PRIVATE);
  }

  /** The list of users, if it was written. */
  public Optional<String> users() throws IOException {
    Path users = folder.resolve(USERS);
    return Files.exists(users) ? Optional.of(Files.readString(users)) : Optional.empty();
  }

  /**
   * Replaces both lists, the accounts first: a server that reads them in between finds users that
   * are not there yet, and refuses the lists.
   */
  public void lists(String users, String accounts) throws IOException {
    List<CopyOption> replace = List.of(StandardCopyOption.ATOMIC_MOVE);
    place(folder.resolve(ACCOUNTS), accounts, replace);
    place(folder.resolve(USERS), users, replace);
  }

  /**
   * Replaces the configuration by an upgraded one of the same owner and mode, and keeps what it
   * was.
   *
   * @return where that is
   */
  public Path upgrade(String text) throws IOException {
    Path config = folder.resolve(CONFIG).toRealPath();
    Path before = config.resolveSibling(config.getFileName() + BEFORE);
    if (!Files.exists(before)) {
      Files.copy(config, before, StandardCopyOption.COPY_ATTRIBUTES);
    }
    PosixFileAttributes as = Files.readAttributes(config, PosixFileAttributes.class);
    Path next = config.resolveSibling(config.getFileName() + ".new");
    Files.deleteIfExists(next);
    try {
      Files.createFile(next, PRIVATE);
      PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
      view.setOwner(as.owner());
      view.setGroup(as.group());
      view.setPermissions(as.permissions());
      Files.writeString(next, text);
      Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
    return before;
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
