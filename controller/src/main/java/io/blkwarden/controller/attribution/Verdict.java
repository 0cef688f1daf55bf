package io.blkwarden.controller.attribution;

import java.util.List;

/** Who hurts a device, or why nobody is named. */
public sealed interface Verdict {
  /**
   * Disks that hurt their neighbours.
   *
   * @param named at least one, worst first
   * @param confidence how sure this is
   */
  record Culprits(List<Suspect> named, Confidence confidence) implements Verdict {
    /** Copies. */
    public Culprits {
      named = List.copyOf(named);
      if (named.isEmpty()) {
        throw new IllegalArgumentException("named: expected at least one, found none");
      }
    }
  }

  /**
   * Nobody to act on.
   *
   * @param reason why
   * @param suspects those that were weighed, worst first; may be empty
   */
  record NoClearCulprit(Reason reason, List<Suspect> suspects) implements Verdict {
    /** Copies. */
    public NoClearCulprit {
      suspects = List.copyOf(suspects);
    }
  }

  /** Why nobody is named. */
  enum Reason {
    /** The others do not wait long. */
    NOT_HURT("not-hurt", "nobody is hurt"),
    /** So many devices are hurt at once that this one is not watched. */
    NOT_WATCHED("not-watched", "too many devices are hurt at once to watch them all"),
    /** Fewer than two disks are known. */
    NO_NEIGHBOURS("no-neighbours", "no other guest's disk is known"),
    /** Too few slots with hurt neighbours, or too few without. */
    TOO_FEW_SAMPLES("too-few-samples", "not measured for long enough, hurt and calm"),
    /** Latency rose and load did not. */
    SLOW_DEVICE("slow-device", "the device became slow, and no guest asked for more"),
    /** No disk has a large part of the device's time. */
    MANY_SMALL("many-small", "many disks do a little each"),
    /** No large disk's work rose and fell with its neighbours' latency. */
    NO_CORRELATION("no-correlation", "no large disk's work rises and falls with the others' wait"),
    /** The runner-up is too near. */
    MARGIN("margin", "two disks are too near to each other to tell");

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

    /** Half a sentence for people. */
    public String sentence() {
      return sentence;
    }
  }

  /**
   * How sure a verdict is: coverage × the cube root of share × correlation × margin. An order, not
   * a probability.
   *
   * @param share of the named together, 0 to 1
   * @param correlation least of the named, 0 to 1
   * @param margin of the last named over the runner-up, 0 to 1
   * @param coverage least of the named, 0 to 1
   */
  record Confidence(double share, double correlation, double margin, double coverage) {
    /** The number, 0 to 1. */
    public double value() {
      return coverage * Math.cbrt(share * correlation * margin);
    }
  }
}
