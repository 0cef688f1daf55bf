package io.blkwarden.controller.engine;

import java.util.ArrayList;
import java.util.List;

/** An operator's request that waits for one or more agents; mutable. */
final class PendingRequest {
  final long correlation;
  final String what;
  final long sinceMillis;

  /** Agents that have not answered yet. */
  int open;

  int done;
  final List<String> failures = new ArrayList<>();

  /**
   * Creates a waiting request.
   *
   * @param what start of the answer
   */
  PendingRequest(long correlation, String what, long sinceMillis) {
    this.correlation = correlation;
    this.what = what;
    this.sinceMillis = sinceMillis;
  }
}
