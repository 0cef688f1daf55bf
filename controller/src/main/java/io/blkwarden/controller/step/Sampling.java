package io.blkwarden.controller.step;

import io.blkwarden.controller.detect.BudgetTable;
import io.blkwarden.controller.detect.Feed;
import io.blkwarden.controller.detect.OutlierTable;
import io.blkwarden.controller.detect.Sample;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.fleet.Neighbourhood;
import io.blkwarden.controller.plan.Decision;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Gate;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.sample.SampleFrame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes samples: opens, feeds and closes the cases of each disk and policy. */
final class Sampling {
  private static final int SLOTS_OF_WINDOW = 10;

  private final World world;
  private final Acting acting;
  private final Alerts alerts;
  private final Outliers outliers;
  private final DuplicateHosts duplicates;
  private final Neighbourhood hood = new Neighbourhood();
  private final Sample sample = new Sample();

  Sampling(
      World world, Acting acting, Alerts alerts, Outliers outliers, DuplicateHosts duplicates) {
    this.world = world;
    this.acting = acting;
    this.alerts = alerts;
    this.outliers = outliers;
    this.duplicates = duplicates;
  }

  void take(HostId host, SampleFrame frame) {
    world.watch(host).ifPresent(watch -> take(watch, frame));
  }

  private void take(HostWatch watch, SampleFrame frame) {
    if (!duplicates.usable(watch, frame.run(), null)) {
      return;
    }
    switch (watch.state.accept(frame, world.settings.silentIntervals())) {
      case UNKNOWN_BASE -> {
        // one batch may overtake the snapshot that names its base, and many the host's first one
        if (!watch.state.map().present()) {
          watch.wish.expect(world.millis());
        }
        if (++watch.unknownBases > 1) {
          world.wantSnapshot(watch);
        }
      }
      case STALE -> {}
      case BEGUN -> heard(watch);
      case MEASURED -> {
        heard(watch);
        measure(watch);
      }
    }
  }

  private void heard(HostWatch watch) {
    watch.total();
    watch.unknownBases = 0;
    watch.lastSampleMillis = world.millis();
    world.live(watch, true);
    watch.silent = false;
    if (watch.freshness.came(world.millis(), world.gapMillis(watch))) {
      alerts.unknown(watch, false);
    }
  }

  /** The loop that runs for every disk and policy: no allocation while nothing is above. */
  private void measure(HostWatch watch) {
    HostState state = watch.state;
    Rules rules = world.rules();
    watch.blaming.measured(watch);
    watch.feeds.begin(world.millis());
    for (int row = 0; row < watch.matched.length; row++) {
      boolean open = watch.isOpen(row);
      for (short policy : watch.matched[row]) {
        Feed feed = watch.feeds.of(policy);
        double value =
            feed == null ? state.value(rules.metrics[policy], row) : feed.take(state, row);
        double above = feed == null ? rules.above[policy] : feed.above(row);
        if (open || value > above) {
          try {
            observe(watch, row, policy, value, above);
          } catch (RuntimeException e) {
            world.failed(watch, "a policy's look at %s".formatted(state.disk(row).key().vdev()), e);
          }
        }
      }
    }
    world.recalled.measured(watch);
    if (!watch.cases.isEmpty()) {
      drive(watch);
    }
  }

  private void observe(HostWatch watch, int row, int policyIndex, double compared, double above) {
    DiskPolicy policy = world.rules().ofDisks.get(policyIndex);
    Case found = watch.find(row, policyIndex);
    if (found == null) {
      if (!(compared > above)) {
        return;
      }
      found = open(watch, row, policyIndex, policy, above);
      if (found == null) {
        return;
      }
    }
    HostState state = watch.state;
    Metric metric = found.detector.when().metric();
    found.load(state.value(metric.ofEachDisk(), row), state.windowMillis());
    GateCheck gate = GateCheck.of(policy.onlyIf(), state, row);
    boolean holds = gate == GateCheck.HOLDS && Carriers.carries(watch, found);
    sample.set(state, row, holds, Carriers.mayClear(world, watch, metric, row));
    double value = metric.isTotal() ? Sample.comparable(state, row, metric, above) : compared;
    if (watch.feeds.of(policyIndex) instanceof BudgetTable budget) {
      BudgetTable.Standing standing = budget.standing(row);
      sample.standing(standing);
      value = standing.mean();
    }
    if (!Double.isNaN(value)) {
      found.value = value;
      found.knownMillis = world.millis();
      state.neighbourhood(row, hood);
      found.history.add(world.millis(), state.lastWallMillis(), state.windowMillis(), value, hood);
    }
    switch (found.detector.observe(sample)) {
      case QUIET -> quiet(watch, found);
      case BREACHED -> breached(watch, found);
      case CLEARED -> cleared(watch, found);
      case NONE -> {
        if (gate == GateCheck.UNKNOWN && found.episode == null && compared > above) {
          unknownGate(watch, found);
        }
        if (!mended(watch, found)) {
          neither(watch, found, value);
        }
      }
    }
  }

  /** Makes up for a change that a fault of this program kept from being acted on. */
  private boolean mended(HostWatch watch, Case found) {
    boolean breached = found.detector.breached();
    if (breached && found.episode == null) {
      breached(watch, found);
      return true;
    }
    if (!breached && found.episode != null && !found.episode.calm) {
      cleared(watch, found);
      return true;
    }
    return false;
  }

  private @Nullable Case open(
      HostWatch watch, int row, int policyIndex, DiskPolicy policy, double above) {
    if (!world.openCase(watch)) {
      return null;
    }
    MappedDisk disk = watch.state.disk(row);
    long slotMillis = Math.max(1, world.settings.effectWindowMillis() / SLOTS_OF_WINDOW);
    ServedBy servedBy = new ServedBy(watch.state.map().boot(), disk);
    Case made = new Case(policy, policyIndex, disk, servedBy, row, above, slotMillis);
    if (watch.feeds.of(policyIndex) instanceof OutlierTable table) {
      made.origin = table.origin(outliers.book(), row);
    }
    watch.add(made);
    return made;
  }

  private void forget(HostWatch watch, Case over) {
    watch.remove(over);
    world.caseClosed();
  }

  /** Puts on record, once for each case, that only an unknown value keeps it from a breach. */
  private void unknownGate(HostWatch watch, Case found) {
    Gate gate = found.policy.onlyIf();
    if (found.gateUnknown
        || gate == null
        || found.detector.heldMillis() < found.detector.when().forMillis()) {
      return;
    }
    found.gateUnknown = true;
    String reason =
        "no alert: %s is over its threshold, but only_if cannot be evaluated: %s is unknown"
            .formatted(
                found.detector.when().metric().id(),
                GateCheck.unknowns(gate, watch.state, found.row));
    world.add(new Effect.Note(decision(world, watch, found, Decision.Verdict.SKIP, null, reason)));
  }

  private void breached(HostWatch watch, Case found) {
    if (found.episode == null) {
      MessageId fresh = world.recalled.incident(watch, found.row).orElseGet(world::id);
      MessageId incident = Incidents.of(watch, found, fresh);
      found.episode = new Episode(world.id(), incident, world.now().wall());
      world.recalled.join(watch, found);
    } else {
      found.episode.again();
    }
    if (found.anomalous()) {
      world.breaches(watch, 1);
    }
  }

  private void cleared(HostWatch watch, Case found) {
    Episode episode = found.episode;
    if (episode == null || found.policy.then().life().keepFiringMillis() == 0) {
      close(watch, found, Alerts.Ending.CLEARED);
    } else {
      Throttle throttle = episode.throttle;
      episode.calmDown(); // before its throttle is handed on, lest it gets it back
      over(watch, found, throttle, Alerts.Ending.CLEARED);
      alerts.refresh(watch, found);
    }
  }

  private void quiet(HostWatch watch, Case found) {
    Episode episode = found.episode;
    if (episode == null) {
      forget(watch, found);
    } else {
      episode.calmMillis += watch.state.windowMillis();
      if (episode.calmMillis >= found.policy.then().life().keepFiringMillis()) {
        close(watch, found, Alerts.Ending.CLEARED);
      }
    }
  }

  /** A known value above the level begins the calm anew; an unknown one only holds it. */
  private void neither(HostWatch watch, Case found, double value) {
    Episode episode = found.episode;
    if (episode == null || !episode.calm || Double.isNaN(value)) {
      return;
    }
    if (value > found.detector.when().above()) {
      episode.calmMillis = 0;
    } else {
      quiet(watch, found); // some detectors look back for longer than a window
    }
  }

  /** Ends what a breach did and counted for. */
  private void over(HostWatch watch, Case over, @Nullable Throttle throttle, Alerts.Ending ending) {
    if (over.anomalous()) {
      world.breaches(watch, -1);
    }
    if (throttle != null && throttle.owner == over) {
      acting.hand(watch, over, throttle, ending);
    }
  }

  /** Ends a case whose condition is over, whose disk is gone or whose policy is. */
  void close(HostWatch watch, Case over, Alerts.Ending ending) {
    forget(watch, over);
    if (over.episode == null) {
      return;
    }
    if (!over.episode.calm) {
      over(watch, over, over.episode.throttle, ending);
    }
    alerts.resolve(watch, over, ending);
  }

  /** Acts on the breaches, those that take most of their device first. */
  private void drive(HostWatch watch) {
    List<Case> breached = new ArrayList<>();
    for (Case each : watch.cases.values()) {
      if (each.episode != null) {
        breached.add(each);
      }
    }
    breached.sort(
        Comparator.comparingDouble((Case each) -> -share(watch, each))
            .thenComparingInt(each -> each.row)
            .thenComparingInt(each -> each.policyIndex));
    for (Case each : breached) {
      world.guarded(
          watch,
          "acting on %s".formatted(each.disk.vdev()),
          () -> {
            acting.drive(watch, each);
            alerts.refresh(watch, each);
          });
    }
  }

  private static double share(HostWatch watch, Case each) {
    double share = watch.state.value(Metric.DEVICE_TIME_SHARE, each.row);
    return Double.isNaN(share) ? 0 : share;
  }

  /** Makes a note of a decision about a case, with its numbers. */
  static Decision decision(
      World world,
      HostWatch watch,
      Case about,
      Decision.Verdict verdict,
      @Nullable Throttle throttle,
      String reason) {
    Map<String, Double> numbers = new TreeMap<>();
    numbers.put(about.detector.when().metric().id(), about.value);
    numbers.put("above", about.detector.when().above());
    for (Metric metric :
        List.of(Metric.DEVICE_TIME_SHARE, Metric.DEVICE_UTIL, Metric.UTIL, Metric.HOST_IO_FULL)) {
      double value =
          about.row < watch.state.rows() ? watch.state.value(metric, about.row) : Double.NaN;
      if (!Double.isNaN(value)) {
        numbers.put(metric.id(), value);
      }
    }
    Decision decision =
        new Decision(
            world.now().wall(),
            watch.host(),
            about.domain,
            about.disk.vdev(),
            about.policy.name(),
            verdict,
            throttle == null ? null : throttle.lease,
            reason,
            numbers);
    return about.episode == null ? decision : decision.toldBy(about.episode.alert);
  }
}
