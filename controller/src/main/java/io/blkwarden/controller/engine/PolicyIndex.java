package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.threshold.ScopedPolicy;
import io.blkwarden.controller.policy.total.FleetPolicy;
import io.blkwarden.controller.policy.total.HostTotal;
import io.blkwarden.model.MappedDisk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The policies as arrays for the sample loop; immutable. */
final class PolicyIndex {
  private static final short[] NO_RULES = {};

  final PolicySet policies;
  final List<DiskPolicy> ofDisks;
  final List<FleetPolicy> ofFleet;
  final List<ScopedPolicy> ofScopes;
  final Metric[] metrics;
  final double[] above;

  /** Whether any policy needs every sample. */
  final boolean feeds;

  /** Whether any policy uses attribution. */
  final boolean blames;

  PolicyIndex(PolicySet policies) {
    this.policies = policies;
    List<DiskPolicy> list = new ArrayList<>();
    List<FleetPolicy> fleet = new ArrayList<>();
    for (Policy policy : policies.policies()) {
      if (policy instanceof DiskPolicy ofDisk) {
        list.add(ofDisk);
      } else if (policy instanceof FleetPolicy whole) {
        fleet.add(whole);
      }
    }
    ofScopes =
        policies.policies().stream()
            .filter(ScopedPolicy.class::isInstance)
            .map(ScopedPolicy.class::cast)
            .toList();
    ofDisks = List.copyOf(list);
    ofFleet = List.copyOf(fleet);
    metrics = list.stream().map(policy -> policy.when().metric()).toArray(Metric[]::new);
    feeds = list.stream().anyMatch(policy -> policy.feed(List.of()) != null);
    blames = list.stream().anyMatch(policy -> policy.blame() != null);
    above = list.stream().mapToDouble(policy -> policy.when().above()).toArray();
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
    short[] found = new short[ofDisks.size()];
    int count = 0;
    for (short i = 0; i < found.length; i++) {
      DiskPolicy policy = ofDisks.get(i);
      boolean once = !policy.oncePerDomain() || state.firstSwapDisk(row);
      if (once && policies.matches(policy.match(), state.host(), disk)) {
        found[count++] = i;
      }
    }
    return count == 0 ? NO_RULES : Arrays.copyOf(found, count);
  }

  /** The host's share of each fleet policy's total. */
  List<HostTotal> matchFleet(HostState state) {
    return ofFleet.stream().map(policy -> new HostTotal(policy, rows(policy, state))).toList();
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
