package io.blkwarden.controller.cli;

import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Policy files as people name them: files, and folders of them. */
final class PolicyFiles {
  /** What helps when a file cannot be read. */
  static final String REMEDY = "check the name and its mode";

  private PolicyFiles() {}

  /**
   * Policies and labels.
   *
   * @param policies what holds
   * @param problems all that is wrong
   */
  record Loaded(PolicySet policies, List<PolicyProblem> problems) {}

  /** One file. */
  static PolicyFile one(Path path) throws IOException {
    try {
      return PolicyFolder.readFile(path, path.toString());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The files of a path, each with a name that says where it is. */
  static List<PolicyFile> read(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(one(path));
    }
    try {
      List<PolicyFile> files = new ArrayList<>();
      for (PolicyFile file : PolicyFolder.read(path)) {
        files.add(new PolicyFile(path.resolve(file.name()).toString(), file.text()));
      }
      return files;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Reads policies as the controller would, with the labels of domains.
   *
   * @param labels absent for none
   */
  static Loaded load(Path policies, @Nullable Path labels) throws IOException {
    PolicyLoad load = PolicyReader.read(read(policies), PolicyLoad.NONE);
    if (labels == null) {
      return new Loaded(load.policies(), load.problems());
    }
    LabelsReader.Load said = LabelsReader.read(one(labels), Labels.NONE);
    List<PolicyProblem> problems = new ArrayList<>(load.problems());
    problems.addAll(said.problems());
    return new Loaded(load.policies().with(said.labels()), problems);
  }

  private static IOException unreadable(Path path, IOException e) {
    return new IOException(
        "%s cannot be read (%s)".formatted(path, e.getClass().getSimpleName()), e);
  }
}
