package io.blkwarden.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule, on classes some of which the build would never run. */
final class TestsAreRunTest {
  /** Not called ...Test. */
  static final class NeverRunProperties {
    @Test
    void holds() {}
  }

  /** Fuzzed, but not called ...Test. */
  static final class NeverRunFuzzing {
    @FuzzTest
    void holds(byte[] bytes) {
      assertThat(bytes).isNotNull();
    }
  }

  /** Inside another class, but not an inner class with Nested. */
  static final class StaticTest {
    @ParameterizedTest
    @ValueSource(ints = 1)
    void holds(int n) {
      assertThat(n).isEqualTo(1);
    }
  }

  /** Extended by no class. */
  abstract static class UnusedContract {
    @RepeatedTest(2)
    void holds() {}
  }

  /** No tests in it. */
  static final class Fixture {
    void helps() {}
  }

  @Nested
  final class Inner {
    @Test
    void isRun() {
      assertThat(violations(Inner.class)).isEmpty();
    }
  }

  /** Read once: each reading takes seconds. */
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importClasses(
              TestsAreRunTest.class,
              NeverRunProperties.class,
              NeverRunFuzzing.class,
              StaticTest.class,
              UnusedContract.class,
              Fixture.class,
              Inner.class);

  private static List<String> violations(Class<?> type) {
    return TestsAreRun.RULE.evaluate(CLASSES).getFailureReport().getDetails().stream()
        .filter(line -> line.contains("<" + type.getName() + ">"))
        .toList();
  }

  @Test
  void classesThatAreNeverRunAreNamed() {
    assertThat(violations(NeverRunProperties.class)).hasSize(1);
    assertThat(violations(NeverRunFuzzing.class)).hasSize(1);
    assertThat(violations(StaticTest.class)).hasSize(1);
    assertThat(violations(UnusedContract.class)).hasSize(1);
  }

  @Test
  void classesThatAreRunAndThoseWithoutTestsPass() {
    assertThat(violations(TestsAreRunTest.class)).isEmpty();
    assertThat(violations(Fixture.class)).isEmpty();
  }
}
