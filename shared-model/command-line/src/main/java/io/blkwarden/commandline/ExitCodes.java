package io.blkwarden.commandline;

/** Exit codes of commands. */
public final class ExitCodes {
  /** Success. */
  public static final int DONE = 0;

  /** Failure. */
  public static final int FAILED = 1;

  /** Invalid command line or configuration file. */
  public static final int USAGE = 2;

  /** Refused by a safety check. */
  public static final int REFUSED = 3;

  private ExitCodes() {}
}
