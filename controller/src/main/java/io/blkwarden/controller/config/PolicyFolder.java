package io.blkwarden.controller.config;

import io.blkwarden.controller.policy.yaml.PolicyFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the policy files of a folder, {@code *.yaml} and {@code *.yml} without hidden files, in
 * order of their names.
 */
public final class PolicyFolder {
  /** Most files of a folder. */
  public static final int MAX_FILES = 256;

  /** Longest file in bytes; longer ones are truncated, which the reader reports. */
  public static final int MAX_BYTES = 1 << 20;

  private PolicyFolder() {}

  /**
   * Reads all files of a folder.
   *
   * @throws IOException if the folder or a file cannot be read, or there are too many files
   */
  public static List<PolicyFile> read(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> entries = Files.list(folder)) {
      paths = entries.filter(PolicyFolder::named).sorted().limit(MAX_FILES + 1L).toList();
    }
    if (paths.size() > MAX_FILES) {
      throw new IOException("%s: expected at most %d policy files".formatted(folder, MAX_FILES));
    }
    List<PolicyFile> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(readFile(path, String.valueOf(path.getFileName())));
    }
    return files;
  }

  /**
   * Reads one file.
   *
   * @param name for problems
   */
  public static PolicyFile readFile(Path path, String name) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return new PolicyFile(name, new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8));
    }
  }

  private static boolean named(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }
}
