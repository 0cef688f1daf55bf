package io.blkwarden.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A captured host without guests, for a service that is started as a process. */
final class EmptyHost {
  private EmptyHost() {}

  /**
   * The arguments that start the service on it.
   *
   * @param folder directory of the host and the state
   * @param nats the server's URL
   */
  static List<String> run(Path folder, String nats) throws IOException {
    Path root = folder.resolve("root");
    Path random = Files.createDirectories(root.resolve("proc/sys/kernel/random"));
    Files.writeString(random.resolve("boot_id"), "8f7de4a5-4d8c-4c3d-9b0c-2f3a1f6f0c11\n");
    Files.writeString(root.resolve("xenstore.txt"), "");
    return List.of(
        "run", "--root=" + root, "--host=dom0-7", "--nats=" + nats, "--state-dir=" + folder);
  }
}
