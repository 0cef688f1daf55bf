package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real dom0 with four tapdisks (blktap 4.0.8, Xen 4.17, Linux 6.1), captured before ({@code t0})
 * and after ({@code t1}) its two guests did counted I/O. Tests change the copy.
 */
public final class CapturedTapdisks {
  private final Path directory;

  private CapturedTapdisks(Path directory) {
    this.directory = directory;
  }

  /** Unpacks the capture. */
  public static CapturedTapdisks unpack(Path into) throws IOException, InterruptedException {
    Path archive =
        Path.of(System.getProperty("basedir", ""), "src/test/resources/tapdisk-4.17.tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive.toAbsolutePath().toString(), "-C", "" + into)
            .inheritIO()
            .start();
    if (tar.waitFor() != 0) {
      throw new IOException("tar: exit " + tar.exitValue());
    }
    return new CapturedTapdisks(into.resolve("tapdisk-4.17"));
  }

  /** What is known to be true. */
  Path truth() {
    return directory.resolve("TRUTH.json");
  }

  /** A path in the tree {@code t0}. */
  public Path at(String path) {
    return directory.resolve("t0").resolve(path);
  }

  public KernelFiles files() {
    return RootedFiles.below(directory.resolve("t0")).toOptional().orElseThrow();
  }

  public TextXenStore store() throws IOException {
    return TextXenStore.parse(Files.readString(at("xenstore.txt"))).toOptional().orElseThrow();
  }

  /** Reads the tree and maps its disks. */
  List<MappedDisk> map() throws IOException {
    return map(files());
  }

  List<MappedDisk> map(KernelFiles files) throws IOException {
    HostSnapshot seen = new HostScanner(files, store(), NONE).scan(List::of);
    return new MappingResolver(RolePatterns.DEFAULTS).resolve(seen, Evidence.none()).disks();
  }

  /** The mapped disk. */
  public MappedDisk disk(int domid, int handle) throws IOException {
    return map().stream()
        .filter(disk -> disk.domain().domid() == domid && disk.disk().handle() == handle)
        .findFirst()
        .orElseThrow();
  }

  /** The guests do their I/O: the statistics become those of {@code t1}. */
  void count() throws IOException {
    Path later = directory.resolve("t1/dev/shm");
    try (Stream<Path> all = Files.walk(later)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        Files.write(at("dev/shm").resolve(later.relativize(each)), Files.readAllBytes(each));
      }
    }
  }

  /** A tapdisk is killed: its process is gone, everything else stays as it was. */
  public void kill(int pid) throws IOException {
    delete(at("proc/" + pid));
  }

  /** Closes the open files whose targets start with this text. */
  public void close(int pid, String target) throws IOException {
    try (Stream<Path> all = Files.list(at("proc/" + pid + "/fd"))) {
      for (Path each : all.toList()) {
        if (Files.readSymbolicLink(each).toString().startsWith(target)) {
          Files.delete(each);
        }
      }
    }
  }

  /** Opens a file in a process. */
  public void open(int pid, int descriptor, String target) throws IOException {
    Files.createSymbolicLink(at("proc/" + pid + "/fd/" + descriptor), Path.of(target));
  }

  /** Replaces a text in a file. */
  public void replace(String path, String before, String after) throws IOException {
    String text = Files.readString(at(path));
    if (!text.contains(before)) {
      throw new IOException(path + ": expected " + before);
    }
    Files.writeString(at(path), text.replace(before, after));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(CapturedTapdisks::remove);
    }
  }

  private static void remove(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final IoPriorities NONE =
      new IoPriorities() {
        @Override
        public ReadResult<IoPriority> get(int pid) {
          return ReadResult.absent("priority of " + pid);
        }

        @Override
        public Optional<String> set(int pid, IoPriority priority) {
          return Optional.of("captured");
        }

        @Override
        public Optional<String> restore(int pid, IoPriority recorded) {
          return Optional.of("captured");
        }
      };
}
