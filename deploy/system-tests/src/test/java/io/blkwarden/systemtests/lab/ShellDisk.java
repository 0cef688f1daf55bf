package io.blkwarden.systemtests.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A disk as reported by the lab's shell script in dom0, without code of the agent.
 *
 * @param fields output of the script, by key
 */
record ShellDisk(Map<String, String> fields) {
  /** The output of {@code lab mapping}. */
  static List<ShellDisk> all(Lab lab) {
    return lab.verb("mapping")
        .lines()
        .filter(line -> !line.isBlank())
        .map(ShellDisk::parse)
        .toList();
  }

  private static ShellDisk parse(String line) {
    return new ShellDisk(
        Arrays.stream(line.trim().split(" "))
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
  }

  String get(String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new AssertionError("the shell check prints no " + key + ": " + fields);
    }
    return value;
  }

  /** Ring, pid and start time of each worker, as {@code 0/563/4150}. */
  Set<String> workers() {
    String workers = get("workers");
    return workers.equals("-")
        ? Set.of()
        : Arrays.stream(workers.split(","))
            .map(worker -> worker.substring(0, worker.lastIndexOf('/')))
            .collect(Collectors.toSet());
  }

  /** The priority of each worker by pid, as ionice prints it. */
  Map<Integer, String> priorities() {
    String workers = get("workers");
    return workers.equals("-")
        ? Map.of()
        : Arrays.stream(workers.split(","))
            .map(worker -> worker.split("/"))
            .collect(Collectors.toMap(part -> Integer.valueOf(part[1]), part -> part[3]));
  }
}
