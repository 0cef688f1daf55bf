package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.total.HostTotal;
import io.blkwarden.model.MappedDisk;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The policies as arrays for the sample loop; immutable. */
final class PolicyIndex {
  private static final short[] NONE = {};

  final PolicySet policies;
  final List<DiskPolicy> diskPolicies;
  final List<FleetPolicy> fleetPolicies;
  final List<ScopedPolicy> scopedPolicies;
  final Metric[] metrics;
  final double[] above;

  /** Whether any policy needs every sample. */
  final boolean useFeeds;

  /** Whether any policy uses attribution. */
  final boolean useAttribution;

  PolicyIndex(PolicySet policies) {
    this.policies = policies;
    diskPolicies = of(policies.policies(), DiskPolicy.class);
    fleetPolicies = of(policies.policies(), FleetPolicy.class);
    scopedPolicies = of(policies.policies(), ScopedPolicy.class);
    metrics = diskPolicies.stream().map(policy -> policy.when().metric()).toArray(Metric[]::new);
    above = diskPolicies.stream().mapToDouble(policy -> policy.when().above()).toArray();
    useFeeds = diskPolicies.stream().anyMatch(policy -> policy.feed(List.of()) != null);
    useAttribution = diskPolicies.stream().anyMatch(policy -> policy.blame() != null);
  }

  /** The elements of a kind. */
  static <T> List<T> of(Collection<?> all, Class<T> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The policies that match each row, by index; rows share arrays. */
  short[][] match(HostState state) {
    short[][] matched = new short[state.rows()][];
    Map<String, short[]> shared = new HashMap<>();
    for (int row = 0; row < matched.length; row++) {
      short[] own = match(state, row);
      matched[row] = shared.computeIfAbsent(Arrays.toString(own), _ -> own);
    }
    return matched;
  }

  private short[] match(HostState state, int row) {
    MappedDisk disk = state.disk(row);
    short[] found = new short[diskPolicies.size()];
    int count = 0;
    for (short i = 0; i < found.length; i++) {
      DiskPolicy policy = diskPolicies.get(i);
      boolean once = !policy.oncePerDomain() || state.firstSwapDisk(row);
      if (once && policies.matches(policy.match(), state.host(), disk)) {
        found[count++] = i;
      }
    }
    return count == 0 ? NONE : Arrays.copyOf(found, count);
  }

  /** The host's share of each fleet policy's total. */
  List<HostTotal> matchFleet(HostState state) {
    return fleetPolicies.stream()
        .map(policy -> new HostTotal(policy, rows(policy, state)))
        .toList();
  }

  /** Whether the row represents its domain, so that each domain counts once. */
  private boolean firstFitting(FleetPolicy policy, HostState state, int row) {
    Metric metric = policy.when().metric();
    if (!metric.isTotal()) {
      return state.firstSwapDisk(row);
    }
    IntStream rows = IntStream.of(state.domainRows(metric, row));
    return matching(policy, rows, state).findFirst().orElse(row) == row;
  }

  private IntStream matching(FleetPolicy policy, IntStream rows, HostState state) {
    return rows.filter(row -> policies.matches(policy.match(), state.host(), state.disk(row)));
  }

  private int[] rows(FleetPolicy policy, HostState state) {
    boolean host = policy.match().host().matches(state.host().value());
    return switch (policy.when().metric().scope()) {
      case HOST -> host ? new int[] {0} : new int[0];
      case DEVICE -> host ? IntStream.range(0, state.devices().size()).toArray() : new int[0];
      case DISK -> matching(policy, IntStream.range(0, state.rows()), state).toArray();
      case DOMAIN ->
          matching(policy, IntStream.range(0, state.rows()), state)
              .filter(row -> firstFitting(policy, state, row))
              .toArray();
    };
  }
}
