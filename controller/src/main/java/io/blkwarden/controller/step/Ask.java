package io.blkwarden.controller.step;

import java.util.ArrayList;
import java.util.List;

/** A person's request that waits for one agent or several; mutable. */
final class Ask {
  final long correlation;
  final String what;
  final long sinceMillis;

  /** Agents that have not answered yet. */
  int open;

  int done;
  final List<String> failures = new ArrayList<>();

  /**
   * Makes a request that waits.
   *
   * @param what it is about, as the answer begins
   */
  Ask(long correlation, String what, long sinceMillis) {
    this.correlation = correlation;
    this.what = what;
    this.sinceMillis = sinceMillis;
  }
}
