package io.blkwarden.controller.fleet;

/** The unit of a metric. */
public enum MetricUnit {
  /** I/Os per second. */
  PER_SECOND("/s"),
  /** Bytes per second. */
  BYTES_PER_SECOND("B/s"),
  /** Milliseconds. */
  MILLIS("ms"),
  /** A part of a whole, 0 to 1. */
  RATIO(""),
  /** A count. */
  COUNT("");

  private final String symbol;

  MetricUnit(String symbol) {
    this.symbol = symbol;
  }

  /** The symbol after a number; empty for ratios and counts. */
  public String symbol() {
    return symbol;
  }
}
