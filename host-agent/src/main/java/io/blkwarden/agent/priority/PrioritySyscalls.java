package io.blkwarden.agent.priority;

import io.blkwarden.agent.probe.Reading;

/**
 * Numbers of the two system calls, which differ by architecture and which no library function
 * wraps.
 *
 * @param set ioprio_set(2)
 * @param get ioprio_get(2)
 */
record PrioritySyscalls(int set, int get) {
  /** The numbers for {@code os.name} and {@code os.arch} as the JVM tells them. */
  static Reading<PrioritySyscalls> of(String os, String architecture) {
    if (!os.equals("Linux")) {
      return Reading.failed("I/O priorities: expected Linux, found " + os);
    }
    return switch (architecture) {
      case "amd64", "x86_64" -> Reading.present(new PrioritySyscalls(251, 252));
      case "aarch64", "arm64" -> Reading.present(new PrioritySyscalls(30, 31));
      default ->
          Reading.failed(
              "I/O priorities: system call numbers are known for x86_64 and aarch64, found "
                  + architecture);
    };
  }
}
