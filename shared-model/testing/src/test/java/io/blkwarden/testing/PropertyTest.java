package io.blkwarden.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
final class PropertyTest {
  private static final Pattern SEED = Pattern.compile("-Dproperty\\.seed=(-?[0-9]+)");

  @Test
  void trueStatementRunsAllTries() {
    List<Integer> tries = new ArrayList<>();

    Property.check(1_000, given -> tries.add(given.between(3, 9)));

    assertThat(tries).hasSize(1_000).allMatch(n -> n >= 3 && n <= 9).contains(3, 9);
  }

  @Test
  void failureShowsItsInputs() {
    List<Integer> numbers = new ArrayList<>();
    AssertionError error =
        failureOf(given -> {
          numbers.add(given.between(-1_000, 1_000));
          String text = given.text("a", 2, 2);
          assertThat(numbers.getLast() > 500 && text.length() == 2).isFalse();
        });

    assertThat(error).hasMessageContaining("for [int " + numbers.getLast() + ", text aa]");
    assertThat(error).hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void seedOfAFailureRepeatsTheTry() {
    List<String> seen = new ArrayList<>();
    AssertionError error =
        failureOf(given -> {
          seen.add(given.text() + given.integer() + given.octet());
          assertThat(given.between(0, 20)).isLessThan(20);
        });
    Matcher seed = SEED.matcher(String.valueOf(error.getMessage()));
    assertThat(seed.find()).isTrue();

    List<String> again = new ArrayList<>();
    System.setProperty(Property.SEED, seed.group(1));
    try {
      assertThatThrownBy(() ->
              Property.check(
                  1_000,
                  given -> {
                    again.add(given.text() + given.integer() + given.octet());
                    assertThat(given.between(0, 20)).isLessThan(20);
                  }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("in the given seed");
    } finally {
      System.clearProperty(Property.SEED);
    }
    assertThat(seen).contains(again.getFirst());
  }

  @Test
  void seedIsPrintedAsGenerated() {
    Set<Long> failed = new HashSet<>();

    AssertionError error =
        catchThrowableOfType(
            AssertionError.class,
            () ->
                Property.checkSeeds(
                    100,
                    seed -> {
                      if (seed % 2 == 0) {
                        failed.add(seed);
                        throw new IllegalStateException("even");
                      }
                    }));

    assertThat(failed).hasSize(1);
    assertThat(error)
        .hasMessageContaining("for [seed " + failed.iterator().next() + "]")
        .hasMessageContaining("even");
  }

  @Test
  void limitsAndSpecialCharactersAreGenerated() {
    Set<Integer> numbers = new HashSet<>();
    Set<Byte> bytes = new HashSet<>();
    Set<Integer> lengths = new HashSet<>();
    StringBuilder texts = new StringBuilder();

    Property.check(
        1_000,
        given -> {
          numbers.add(given.integer());
          bytes.add(given.octet());
          lengths.add(given.bytes().length);
          texts.append(given.text());
        });

    assertThat(numbers).contains(0, 1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    assertThat(bytes).contains((byte) 0, (byte) -1, Byte.MIN_VALUE, Byte.MAX_VALUE);
    assertThat(lengths).contains(0, 1, 255);
    assertThat(texts.toString()).contains("\0", "\n", "\ud800", "\uffff", "\u202e", "a");
  }

  @Test
  void outputIsEscaped() {
    AssertionError error = failureOf(given -> assertThat(given.text()).doesNotContain("\u001b"));

    assertThat(error.getMessage()).contains("\\u001b");
    assertThat(error.getMessage()).doesNotContain("\u001b");
  }

  private static AssertionError failureOf(Property.Statement statement) {
    return catchThrowableOfType(AssertionError.class, () -> Property.check(1_000, statement));
  }
}
