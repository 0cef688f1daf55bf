package io.blkwarden.systemtests;

import io.blkwarden.testing.TestsAreRun;
import org.junit.jupiter.api.Test;

/** Rules for the tests of the whole system. */
final class ArchitectureTest {
  @Test
  void everyTestIsRun() throws Exception {
    TestsAreRun.check(ArchitectureTest.class);
  }
}
