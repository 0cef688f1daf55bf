package io.blkwarden.controller.attribution;

import java.util.List;

/** The disks that cause the latency on a device, or why none is named. */
public sealed interface Verdict {
  /**
   * Disks that cause their neighbours' latency.
   *
   * @param named at least one, worst first
   * @param confidence of the result
   */
  record Culprits(List<Suspect> named, Confidence confidence) implements Verdict {}

  /**
   * No disk is named.
   *
   * @param reason why
   * @param suspects the evaluated disks, worst first; may be empty
   */
  record NoClearCulprit(Reason reason, List<Suspect> suspects) implements Verdict {}

  /** Why no disk is named. */
  enum Reason {
    /** The latency of the others is low. */
    NOT_HURT("not-hurt", "the latency of the other guests is low"),
    /** Too many devices have high latency at once. */
    NOT_WATCHED("not-watched", "too many devices have high latency at once to observe them all"),
    /** Fewer than two disks are known. */
    NO_NEIGHBOURS("no-neighbours", "no other guest's disk is measured"),
    /** Too few slots with affected neighbours, or too few without. */
    TOO_FEW_SAMPLES("too-few-samples", "too few samples with and without latency"),
    /** Latency rose and load did not. */
    SLOW_DEVICE("slow-device", "the device became slow, and no guest's load rose"),
    /** No disk has a large share of the device's time. */
    MANY_SMALL("many-small", "many disks have a small share each"),
    /** No large disk's load correlates with its neighbours' latency. */
    NO_CORRELATION("no-correlation", "no large disk's load correlates with the others' latency"),
    /** The margin over the runner-up is too small. */
    MARGIN("margin", "two disks are too similar to tell");

    private final String id;
    private final String sentence;

    Reason(String id, String sentence) {
      this.id = id;
      this.sentence = sentence;
    }

    /** Name in messages. */
    public String id() {
      return id;
    }

    /** The reason in words. */
    public String sentence() {
      return sentence;
    }
  }

  /**
   * The confidence in a verdict: coverage × the cube root of share × correlation × margin. An
   * order, not a probability.
   *
   * @param share of the named disks together, 0 to 1
   * @param correlation least of the named disks, 0 to 1
   * @param margin of the last named disk over the runner-up, 0 to 1
   * @param coverage least of the named disks, 0 to 1
   */
  record Confidence(double share, double correlation, double margin, double coverage) {
    /** The number, 0 to 1. */
    public double value() {
      return coverage * Math.cbrt(share * correlation * margin);
    }
  }
}
