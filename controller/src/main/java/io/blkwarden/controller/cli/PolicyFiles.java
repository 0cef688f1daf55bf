package io.blkwarden.controller.cli;

import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.policy.read.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Policy files as people name them: files, and folders of them. */
final class PolicyFiles {
  private PolicyFiles() {}

  /** The files of a path, each with a name that says where it is. */
  static List<PolicyFile> read(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(PolicyFolder.readFile(path, path.toString()));
    }
    List<PolicyFile> files = new ArrayList<>();
    for (PolicyFile file : PolicyFolder.read(path)) {
      files.add(new PolicyFile(path.resolve(file.name()).toString(), file.text()));
    }
    return files;
  }
}
