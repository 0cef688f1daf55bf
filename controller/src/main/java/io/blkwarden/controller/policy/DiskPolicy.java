package io.blkwarden.controller.policy;

import io.blkwarden.controller.policy.yaml.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A policy about single disks, which it may throttle. */
public interface DiskPolicy extends Policy {
  /** The keys that policies about disks share. */
  Rule rule();

  @Override
  default String name() {
    return rule().name();
  }

  @Override
  default Mode mode() {
    return rule().mode();
  }

  /** Which disks. */
  default Match match() {
    return rule().match();
  }

  /** A further condition; absent when there is none. */
  default @Nullable Condition onlyIf() {
    return rule().onlyIf();
  }

  /** Restricts it to disks that cause others' latency; absent when it does not. */
  default @Nullable AttributionClause blame() {
    return rule().blame();
  }

  @Override
  default Response then() {
    return rule().then();
  }

  /** What is measured against what; of several thresholds the first. */
  Threshold when();

  /**
   * A new detector for one disk.
   *
   * @param above the threshold that applies, where the policy does not fix it
   */
  Detector detector(double above);

  /**
   * A new feed for the disks of a host; absent for a policy that compares single values only.
   *
   * @param rows of the host's disks; null where the policy does not match
   */
  default @Nullable DetectorFeed feed(List<DetectorFeed.@Nullable Row> rows) {
    return null;
  }

  /** Whether only the first swap disk of each domain is evaluated, for all of them. */
  default boolean oncePerDomain() {
    return false;
  }

  /** Whether a breach is a sign that a host suffers, so that the safety limits count it. */
  default boolean countsAsAnomaly() {
    return true;
  }

  /**
   * Whether it restrains every disk that it matches, without a breach: it raises no alert, its
   * effect is not evaluated, and the throttle lasts as long as the policy matches.
   */
  default boolean isStanding() {
    return false;
  }

  /**
   * Below which value an alert is resolved that another controller published.
   *
   * @param published the value in the alert
   */
  default double clearBelow(double published) {
    return when().clearBelow();
  }

  /** The window over which the fleet's baseline is learned, in ms; 0 when it uses none. */
  default long baselineWindowMillis() {
    return 0;
  }

  /**
   * The keys that policies about disks share.
   *
   * @param name unique, 1 to 100 characters
   * @param mode how far the policy may go
   * @param match which disks
   * @param onlyIf a further condition; absent when there is none
   * @param blame restricts it to disks that cause others' latency; absent when it does not
   * @param then what to do
   */
  record Rule(
      String name,
      Mode mode,
      Match match,
      @Nullable Condition onlyIf,
      @Nullable AttributionClause blame,
      Response then) {
    /** Reads {@code match}, {@code only_if}, {@code blame} and {@code then} of a policy. */
    public static Rule read(Section policy, String name, Mode mode) {
      return new Rule(
          name,
          mode,
          Match.of(policy),
          policy.section("only_if").flatMap(Condition::read).orElse(null),
          policy.section("blame").map(AttributionClause::read).orElse(null),
          Response.of(policy));
    }
  }
}
