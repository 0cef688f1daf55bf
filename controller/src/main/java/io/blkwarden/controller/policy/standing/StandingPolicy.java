package io.blkwarden.controller.policy.standing;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DetectorFeed;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.controller.policy.Sample;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy that restrains every disk it matches as soon as the disk appears, without a breach.
 *
 * @param name unique, 1 to 100 characters
 * @param mode how far it may go
 * @param match which disks
 * @param restraint what to set
 * @param leaseMillis lease of a throttle, 10,000 to 86,400,000 ms
 */
public record StandingPolicy(
    String name, Mode mode, Match match, Restraint restraint, long leaseMillis)
    implements DiskPolicy {
  /** The kind {@code standing: { priority | limit, lease }}. */
  public static final Policy.Kind KIND = new Policy.Kind("standing", StandingPolicy::read);

  private static final Value<Restraint> PRIORITY =
      Value.of("idle, or best-effort/0 to best-effort/7", Response::restraint);
  private static final Value<Restraint> LIMIT =
      Value.of("a limit of 10/s to 100000/s", text -> Response.restraint("limit " + text));
  private static final Value<Long> LEASE =
      Value.duration(
          "a duration of 10s to 24h", Response.LEASE_MIN_MILLIS, PolicyLimits.DURATION_MAX_MILLIS);
  private static final Threshold ALWAYS = new Threshold(Metric.IOPS, 0, 0, 0, 0);

  private static final DetectorFeed EVERY_ROW =
      new DetectorFeed() {
        @Override
        public double take(HostState state, int row) {
          return 1;
        }

        @Override
        public double above(int row) {
          return 0;
        }
      };

  private static Optional<StandingPolicy> read(Section policy, String name, Mode mode) {
    Match match = Match.of(policy);
    return policy.section(KIND.key()).flatMap(in -> read(in, name, mode, match));
  }

  private static Optional<StandingPolicy> read(Section in, String name, Mode mode, Match match) {
    Optional<Restraint> restraint = in.get("priority", PRIORITY).or(() -> in.get("limit", LIMIT));
    if (in.known("priority") == in.known("limit")) {
      in.problem("priority", "expected either 'priority' or 'limit'");
    }
    long lease = in.get("lease", LEASE, CommandAction.Set.MAX_LEASE_MS);
    return in.make(() -> new StandingPolicy(name, mode, match, restraint.orElseThrow(), lease));
  }

  @Override
  public DiskPolicy.Rule rule() {
    Response then = new Response(List.of(restraint), leaseMillis, Alert.Severity.INFO);
    return new DiskPolicy.Rule(name, mode, match, null, null, then);
  }

  @Override
  public Threshold when() {
    return ALWAYS;
  }

  /** Breached from the first sample of a disk on. */
  @Override
  public Detector detector(double above) {
    return new Detector(ALWAYS) {
      @Override
      public Change observe(Sample sample) {
        heldMillis += sample.windowMillis();
        return breached ? Change.NONE : breach(true);
      }

      @Override
      public boolean stillAbove(double value) {
        return true;
      }
    };
  }

  @Override
  public DetectorFeed feed(List<DetectorFeed.@Nullable Row> rows) {
    return EVERY_ROW;
  }

  @Override
  public boolean countsAsAnomaly() {
    return false;
  }

  @Override
  public boolean isStanding() {
    return true;
  }
}
