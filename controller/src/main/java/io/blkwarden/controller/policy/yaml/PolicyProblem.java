package io.blkwarden.controller.policy.yaml;

/**
 * A problem in a file and its place.
 *
 * @param file name of the file
 * @param line from 1
 * @param column from 1
 * @param policy name of the policy; empty outside of policies, or if its name is invalid
 * @param key path of the key, such as {@code policies[0].when.above}; empty for the whole file
 * @param message what was expected and what was found
 */
public record PolicyProblem(
    String file, int line, int column, String policy, String key, String message) {
  /** A problem of a whole file. */
  public PolicyProblem(String file, String message) {
    this(file, 0, 0, "", "", message);
  }

  /** {@code file:line:column: policy NAME: key: message}. */
  @Override
  public String toString() {
    return "%s%s: %s%s%s"
        .formatted(
            file,
            line == 0 ? "" : ":%d:%d".formatted(line, column),
            policy.isEmpty() ? "" : "policy " + policy + ": ",
            key.isEmpty() ? "" : key + ": ",
            message);
  }
}
