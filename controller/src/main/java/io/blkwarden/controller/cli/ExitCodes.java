package io.blkwarden.controller.cli;

/** What commands end with. */
final class ExitCodes {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;

  private ExitCodes() {}
}
