package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The policies and labels that a command line names, loaded as by the controller.
 *
 * @param count number of policy files
 * @param load the policy files
 * @param policies the valid policies with the labels
 * @param problems all problems, including files that cannot be read
 */
record PolicyFiles(int count, PolicyLoad load, PolicySet policies, List<PolicyProblem> problems) {
  PolicyFiles {
    problems = List.copyOf(problems);
  }

  /** The exit code of a command that checks them. */
  int exitCode() {
    return problems.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /**
   * Loads policies and labels.
   *
   * @param paths policy files, or directories of them
   * @param labels a labels file; absent for none
   */
  static PolicyFiles load(List<Path> paths, @Nullable Path labels) {
    List<PolicyProblem> problems = new ArrayList<>();
    List<PolicyFile> files = new ArrayList<>();
    paths.forEach(path -> files.addAll(read(path, problems)));
    int count = files.size() + problems.size();
    PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
    PolicySet policies = load.policies();
    problems.addAll(load.problems());
    PolicyFile file = labels == null ? null : one(labels, problems).orElse(null);
    if (file != null) {
      LabelsReader.Load labelled = LabelsReader.read(file, Labels.NONE);
      problems.addAll(labelled.problems());
      policies = policies.with(labelled.labels());
    }
    return new PolicyFiles(count, load, policies, problems);
  }

  /** Reads a file; adds a problem if it cannot be read. */
  static Optional<PolicyFile> one(Path path, List<PolicyProblem> problems) {
    try {
      return Optional.of(PolicyFolder.readFile(path, path.toString()));
    } catch (IOException e) {
      problems.add(unreadable(path, e));
      return Optional.empty();
    }
  }

  /** Reads a file or all policy files of a directory. */
  private static List<PolicyFile> read(Path path, List<PolicyProblem> problems) {
    if (!Files.isDirectory(path)) {
      return one(path, problems).stream().toList();
    }
    try {
      return PolicyFolder.read(path).stream()
          .map(file -> new PolicyFile(path.resolve(file.name()).toString(), file.text()))
          .toList();
    } catch (IOException e) {
      problems.add(unreadable(path, e));
      return List.of();
    }
  }

  private static PolicyProblem unreadable(Path path, IOException e) {
    return new PolicyProblem(
        path.toString(),
        "cannot be read (%s); check its name and permissions"
            .formatted(e.getClass().getSimpleName()));
  }
}
