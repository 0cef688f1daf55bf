package io.blkwarden.agent.restraint;

/** Error numbers of the two calls, which are the same on all architectures of Linux. */
final class Errno {
  static final int NO_SUCH_TASK = 3;

  private static final int NOT_PERMITTED = 1;
  private static final int INVALID = 22;
  private static final int NO_SUCH_CALL = 38;

  private Errno() {}

  /** What the number means here, and what to do about it. */
  static String text(int errno) {
    return switch (errno) {
      case NOT_PERMITTED -> "not permitted; run as root, or with CAP_SYS_NICE";
      case NO_SUCH_TASK -> "no such task";
      case INVALID -> "this kernel refuses the value";
      case NO_SUCH_CALL -> "this kernel has no I/O priorities, or a seccomp filter hides them";
      default -> "error number " + errno;
    };
  }
}
