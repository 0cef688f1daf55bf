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

/** Reads the policy files that a command line names. */
final class PolicyFiles {
  /** The hint for a file that cannot be read. */
  static final String REMEDY = "check its name and permissions";

  private PolicyFiles() {}

  /**
   * Policies and labels.
   *
   * @param policies the valid ones
   * @param problems all problems of all files
   */
  record Loaded(PolicySet policies, List<PolicyProblem> problems) {}

  /** Reads a file. */
  static PolicyFile one(Path path) throws IOException {
    try {
      return PolicyFolder.readFile(path, path.toString());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Reads a file or all policy files of a directory. */
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
   * Loads policies and labels as the controller does.
   *
   * @param labels a labels file; absent for none
   */
  static Loaded load(List<Path> policies, @Nullable Path labels) throws IOException {
    List<PolicyFile> files = new ArrayList<>();
    for (Path each : policies) {
      files.addAll(read(each));
    }
    PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
    if (labels == null) {
      return new Loaded(load.policies(), load.problems());
    }
    LabelsReader.Load labelled = LabelsReader.read(one(labels), Labels.NONE);
    List<PolicyProblem> problems = new ArrayList<>(load.problems());
    problems.addAll(labelled.problems());
    return new Loaded(load.policies().with(labelled.labels()), problems);
  }

  private static IOException unreadable(Path path, IOException e) {
    return new IOException(
        "%s cannot be read (%s)".formatted(path, e.getClass().getSimpleName()), e);
  }
}
