package io.blkwarden.controller.step;

import io.blkwarden.model.Require;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The brain: decides which disk is throttled, and what people are told.
 *
 * <p>Deterministic: the same inputs at the same moments, with the same generator, give the same
 * effects. Owned by one thread. It does no I/O and never waits.
 */
public final class ControlStep {
  /**
   * Makes a step that knows no host, has no policies and holds no claim.
   *
   * @param settings times and bounds
   * @param random for identities
   * @param issuer who commands are from, for the record
   */
  public ControlStep(StepSettings settings, RandomGenerator random, String issuer) {
    Require.present(settings, "settings");
    Require.present(random, "random");
    Require.text(issuer, 255, "issuer");
  }

  /** Handles one input and returns what is to be done, in order. */
  public List<Effect> step(Input input, Moment now) {
    return List.of();
  }
}
