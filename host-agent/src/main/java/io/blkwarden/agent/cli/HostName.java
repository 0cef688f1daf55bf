package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.HostId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --host}. */
class HostName {
  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Name of this host (default: host name up to the first dot).")
  @Nullable String host;

  /** The host name; empty with a problem added to the list if there is none. */
  Optional<HostId> host(KernelFiles files, List<String> problems) {
    String name = host;
    if (name == null) {
      ReadResult<String> read = files.read("proc/sys/kernel/hostname").map(String::strip);
      if (!(read instanceof ReadResult.Present<String>(String text))) {
        problems.add(
            "--host: expected a name, because the host name cannot be read: " + read.describe());
        return Optional.empty();
      }
      int dot = text.indexOf('.');
      name = dot > 0 ? text.substring(0, dot) : text;
    }
    try {
      return Optional.of(new HostId(name));
    } catch (IllegalArgumentException e) {
      problems.add("--host: " + e.getMessage());
      return Optional.empty();
    }
  }
}
