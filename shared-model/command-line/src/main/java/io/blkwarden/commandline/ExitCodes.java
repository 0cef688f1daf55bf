package io.blkwarden.commandline;

/** What commands end with. */
public final class ExitCodes {
  /** What was asked for is done. */
  public static final int DONE = 0;

  /** It failed. */
  public static final int FAILED = 1;

  /** It was asked for wrongly. */
  public static final int USAGE = 2;

  /** A guard refused it. */
  public static final int REFUSED = 3;

  private ExitCodes() {}
}
