package io.blkwarden.agent.restraint;

import io.blkwarden.agent.kernel.ReadResult;

/**
 * Numbers of the two system calls, which depend on the architecture and have no C library wrapper.
 *
 * @param set ioprio_set(2)
 * @param get ioprio_get(2)
 */
record PrioritySyscalls(int set, int get) {
  /** The numbers for the system properties {@code os.name} and {@code os.arch}. */
  static ReadResult<PrioritySyscalls> of(String os, String architecture) {
    if (!os.equals("Linux")) {
      return ReadResult.failed("I/O priorities: expected Linux, found " + os);
    }
    return switch (architecture) {
      case "amd64", "x86_64" -> ReadResult.present(new PrioritySyscalls(251, 252));
      case "aarch64", "arm64" -> ReadResult.present(new PrioritySyscalls(30, 31));
      default ->
          ReadResult.failed(
              "I/O priorities: system call numbers are known for x86_64 and aarch64, found "
                  + architecture);
    };
  }
}
