package io.blkwarden.controller.bench;

/** Heap usage. */
final class Heap {
  private Heap() {}

  /** Bytes in use after full collections. */
  static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
