package io.blkwarden.controller.fleet;

/** What a metric is measured in. */
public enum MetricUnit {
  /** I/Os a second. */
  PER_SECOND("/s"),
  /** Bytes a second. */
  BYTES_PER_SECOND("B/s"),
  /** Milliseconds. */
  MILLIS("ms"),
  /** A part of a whole, 0 to 1. */
  RATIO(""),
  /** A number of things. */
  COUNT("");

  private final String symbol;

  MetricUnit(String symbol) {
    this.symbol = symbol;
  }

  /** What stands behind a number; empty for ratios and counts. */
  public String symbol() {
    return symbol;
  }
}
