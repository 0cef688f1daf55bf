package io.blkwarden.controller.engine;

import java.util.ArrayList;
import java.util.List;

/** A person's request that waits for one agent or several; mutable. */
final class PendingRequest {
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
  PendingRequest(long correlation, String what, long sinceMillis) {
    this.correlation = correlation;
    this.what = what;
    this.sinceMillis = sinceMillis;
  }
}
