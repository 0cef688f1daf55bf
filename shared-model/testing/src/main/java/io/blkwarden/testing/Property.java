package io.blkwarden.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A statement that must be true for every input, checked with random inputs.
 *
 * <p>A failure prints simplified inputs and the seed of the failed try. The system property {@value
 * #SEED} repeats that try.
 */
public final class Property {
  static final String SEED = "property.seed";

  private static final int SHRINK_RUNS = 2_000;
  private static final int[] RUN_LENGTHS = {32, 8, 4, 3, 2, 1};

  /** The statement: generates its inputs, and throws if it is false. */
  @FunctionalInterface
  public interface Statement {
    /** Throws unless the statement is true for the generated inputs. */
    void check(Given given) throws Exception;
  }

  private record Failure(List<Given.Choice> choices, List<String> drawn, Throwable cause) {}

  private final Statement statement;
  private int runs;

  private Property(Statement statement) {
    this.statement = statement;
  }

  /** Fails unless the statement is true for this many random inputs. */
  public static void check(int tries, Statement statement) {
    Long seed = Long.getLong(SEED);
    if (seed != null) {
      check(seed, "the given seed", statement);
      return;
    }
    SplittableRandom seeds = new SplittableRandom();
    for (int n = 1; n <= tries; n++) {
      check(seeds.nextLong(), "try " + n + " of " + tries, statement);
    }
  }

  /** Fails unless the statement, which generates its inputs from a seed, is true for all tries. */
  public static void checkSeeds(int tries, LongConsumer statement) {
    check(tries, given -> statement.accept(given.seed()));
  }

  private static void check(long seed, String which, Statement statement) {
    Property property = new Property(statement);
    Failure first = property.run(new Given(new SplittableRandom(seed)));
    if (first == null) {
      return;
    }
    Failure simplest = property.simplest(first);
    throw new AssertionError(
        "property does not hold in %s, for %s (run it again with -D%s=%d): %s"
            .formatted(
                which, simplest.drawn, SEED, seed, Given.printable(simplest.cause.toString())),
        simplest.cause);
  }

  // Every Throwable is a failure of the statement, including VirtualMachineError.
  private @Nullable Failure run(Given given) {
    runs++;
    try {
      statement.check(given);
      return null;
    } catch (Throwable cause) {
      return new Failure(given.choices(), given.drawn(), cause);
    }
  }

  /** The failure with fewer and smaller inputs. */
  private Failure simplest(Failure first) {
    Failure best = first;
    Failure before;
    do {
      before = best;
      for (int length : RUN_LENGTHS) {
        best = withoutRuns(best, length);
      }
      best = withSmallerChoices(best);
    } while (Given.simpler(best.choices, before.choices) && runs < SHRINK_RUNS);
    return best;
  }

  private Failure withoutRuns(Failure failure, int length) {
    Failure best = failure;
    for (int at = best.choices.size() - length; at >= 0; at--) {
      if (at + length <= best.choices.size()) {
        List<Given.Choice> shorter = new ArrayList<>(best.choices);
        shorter.subList(at, at + length).clear();
        best = simpler(best, shorter);
      }
    }
    return best;
  }

  private Failure withSmallerChoices(Failure failure) {
    Failure best = failure;
    for (int at = 0; at < best.choices.size(); at++) {
      long holds = -1;
      while (at < best.choices.size() && best.choices.get(at).value() - holds > 1) {
        long value = holds < 0 ? 0 : holds + (best.choices.get(at).value() - holds) / 2;
        List<Given.Choice> smaller = new ArrayList<>(best.choices);
        smaller.set(at, new Given.Choice(value, true));
        Failure next = simpler(best, smaller);
        holds = Given.simpler(next.choices, best.choices) ? holds : value;
        best = next;
      }
    }
    return best;
  }

  private Failure simpler(Failure best, List<Given.Choice> choices) {
    if (runs >= SHRINK_RUNS || !best.choices.stream().allMatch(Given.Choice::shrinks)) {
      return best;
    }
    Failure next = run(new Given(choices));
    if (next == null || !next.cause.getClass().equals(best.cause.getClass())) {
      return best;
    }
    return Given.simpler(next.choices, best.choices) ? next : best;
  }
}
