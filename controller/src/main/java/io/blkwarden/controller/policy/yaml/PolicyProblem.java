package io.blkwarden.controller.policy.yaml;

/**
 * A problem in a file and its place.
 *
 * @param file name of the file
 * @param line from 1
 * @param column from 1
 * @param key path of the key, such as {@code policies[0].when.above}; empty for the whole file
 * @param message what was expected and what was found
 */
public record PolicyProblem(String file, int line, int column, String key, String message) {
  /** {@code file:line:column: key: message}. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + (key.isEmpty() ? "" : key + ": ") + message;
  }
}
