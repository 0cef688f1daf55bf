package io.blkwarden.testing;

import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * A statement that must be true for every input, checked with random inputs.
 *
 * <p>A failure prints the inputs and the seed of the failed try. The system property {@value #SEED}
 * repeats that try.
 */
public final class Property {
  static final String SEED = "property.seed";

  /** The statement: generates its inputs, and throws if it is false. */
  @FunctionalInterface
  public interface Statement {
    /** Throws unless the statement is true for the generated inputs. */
    void check(Given given) throws Exception;
  }

  private Property() {}

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

  // Every Throwable is a failure of the statement, including VirtualMachineError.
  private static void check(long seed, String which, Statement statement) {
    Given given = new Given(new SplittableRandom(seed));
    try {
      statement.check(given);
    } catch (Throwable cause) {
      throw new AssertionError(
          "property does not hold in %s, for %s (run it again with -D%s=%d): %s"
              .formatted(which, given.drawn(), SEED, seed, Given.printable(cause.toString())),
          cause);
    }
  }
}
