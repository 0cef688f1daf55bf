package io.blkwarden.commandline.libc;

/** Error numbers of Linux system calls; all architectures share these values. */
public final class Errno {
  private static final int EPERM = 1;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EPROTONOSUPPORT = 93;
  private static final int EAFNOSUPPORT = 97;
  public static final int ENOBUFS = 105;

  private Errno() {}

  /** What an error number means, and what to do about it. */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM, EACCES -> "not permitted; run as root, or with CAP_SYS_NICE";
      case ESRCH -> "no such task";
      case EINVAL -> "invalid argument for this kernel";
      case ENOSYS -> "not supported by this kernel, or blocked by a seccomp filter";
      case EPROTONOSUPPORT, EAFNOSUPPORT -> "this kernel has no uevent sockets";
      case ENOBUFS -> "no buffer space";
      default -> "errno " + errno;
    };
  }
}
