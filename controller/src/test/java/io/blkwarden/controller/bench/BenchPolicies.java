package io.blkwarden.controller.bench;

import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The ten policies of all benchmarks: {@code deploy/bench-policies}, or another directory in {@code
 * deploy} with {@code -Dblkwarden.bench=bench-policies-kinds}.
 */
final class BenchPolicies {
  private static final String FOLDER =
      "deploy/" + System.getProperty("blkwarden.bench", "bench-policies");

  private BenchPolicies() {}

  static PolicySet ten() {
    Path file = Path.of(System.getProperty("blkwarden.root", "."), FOLDER, "ten.yaml");
    try {
      PolicyFile ten = new PolicyFile("ten.yaml", Files.readString(file));
      PolicyLoad load = PolicyReader.read(List.of(ten), PolicyLoad.NONE);
      if (!load.problems().isEmpty() || load.policies().policies().size() != 10) {
        throw new IllegalStateException(file + ": expected ten policies: " + load.problems());
      }
      return load.policies();
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read: run deploy/bench", e);
    }
  }
}
