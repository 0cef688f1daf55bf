package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.HostId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that read a host. */
final class HostOptions {
  /** The option {@code --host}. */
  static final class Name {
    @Option(
        names = "--host",
        paramLabel = "NAME",
        description = "Name of this host (default: host name up to the first dot).")
    @Nullable String host;

    /** The host name; empty with a problem added to the list if there is none. */
    Optional<HostId> read(KernelFiles files, List<String> problems) {
      String name = host;
      if (name == null) {
        ReadResult<String> read = files.read("proc/sys/kernel/hostname").map(String::strip);
        if (!(read instanceof ReadResult.Present<String>(String text))) {
          problems.add("--host: expected a name, the host name is unknown: " + read.describe());
          return Optional.empty();
        }
        int dot = text.indexOf('.');
        name = dot > 0 ? text.substring(0, dot) : text;
      }
      String found = name;
      return valid("--host", problems, () -> new HostId(found));
    }
  }

  @Mixin private Name name = new Name();

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = {
        "Read a captured tree below DIR instead of this host (default: ${DEFAULT-VALUE}).",
        "It must contain the output of 'xenstore-ls -f' as xenstore.txt."
      })
  Path root = Path.of("/");

  /** Whether the root is this host, not a captured tree. */
  boolean live() {
    return root.toAbsolutePath().normalize().equals(Path.of("/"));
  }

  /** The files below the root; empty with a problem added to the list if it is not a directory. */
  Optional<RootedFiles> files(List<String> problems) {
    ReadResult<RootedFiles> files = RootedFiles.below(root);
    if (!files.isPresent()) {
      problems.add("--root: " + files.describe());
    }
    return files.toOptional();
  }

  /** The host name; empty with a problem added to the list if there is none. */
  Optional<HostId> host(KernelFiles files, List<String> problems) {
    return name.read(files, problems);
  }

  /** A value of an option; empty with a problem added to the list if it is invalid. */
  static <T> Optional<T> valid(String option, List<String> problems, Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      problems.add(option + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
