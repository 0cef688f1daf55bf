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

/** The check, with classes that the build does not run. */
final class TestsAreRunTest {
  /** Not named ...Test. */
  static final class NeverRunProperties {
    @Test
    void holds() {}
  }

  /** A fuzz test, not named ...Test. */
  static final class NeverRunFuzzing {
    @FuzzTest
    void holds(byte[] bytes) {
      assertThat(bytes).isNotNull();
    }
  }

  /** A nested class without @Nested. */
  static final class StaticTest {
    @ParameterizedTest
    @ValueSource(ints = 1)
    void holds(int n) {
      assertThat(n).isEqualTo(1);
    }
  }

  /** Abstract, without a subclass. */
  abstract static class UnusedContract {
    @RepeatedTest(2)
    void holds() {}
  }

  /** Without tests. */
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

  /** Imported once: an import takes seconds. */
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
  void classesThatAreNotRunAreReported() {
    assertThat(violations(NeverRunProperties.class)).hasSize(1);
    assertThat(violations(NeverRunFuzzing.class)).hasSize(1);
    assertThat(violations(StaticTest.class)).hasSize(1);
    assertThat(violations(UnusedContract.class)).hasSize(1);
  }

  @Test
  void classesThatAreRunOrHaveNoTestsPass() {
    assertThat(violations(TestsAreRunTest.class)).isEmpty();
    assertThat(violations(Fixture.class)).isEmpty();
  }
}
