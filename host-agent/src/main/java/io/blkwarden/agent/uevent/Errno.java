package io.blkwarden.agent.uevent;

/**
 * The errors of system calls that are told apart here ({@code errno.h}, the same on all of them).
 */
final class Errno {
  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EPROTONOSUPPORT = 93;
  static final int EAFNOSUPPORT = 97;
  static final int ENOBUFS = 105;

  private Errno() {}

  /** A name where there is one here, and the number. */
  static String describe(long negated) {
    int errno = (int) -negated;
    String name =
        switch (errno) {
          case EPERM -> "EPERM, not permitted";
          case EACCES -> "EACCES, not permitted";
          case EPROTONOSUPPORT, EAFNOSUPPORT -> "the kernel has no uevent sockets";
          case ENOBUFS -> "ENOBUFS, no buffer space";
          default -> "see errno.h";
        };
    return "errno %d (%s)".formatted(errno, name);
  }
}
