package io.blkwarden.controller.engine;

import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.policy.Detector;
import io.blkwarden.controller.policy.DiskPolicy;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.controller.throttle.LoadHistory;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.PhysicalDevice;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A policy applied to a disk that is, or recently was, over its threshold; mutable. */
final class Evaluation {
  /** The time over which a disk's load is smoothed. */
  static final long LOAD_MILLIS = 30_000;

  /** Recorded with each decision, besides the policy's own metric. */
  private static final List<Metric> RECORDED =
      List.of(Metric.DEVICE_TIME_SHARE, Metric.DEVICE_UTIL, Metric.UTIL, Metric.HOST_IO_FULL);

  final HostTracker tracker;
  final DiskPolicy policy;
  final DomainRef domain;
  final DiskKey disk;
  final Detector detector;
  final LoadHistory history;
  final KnownWorkers workers;

  int policyIndex;
  int row;

  /** The last known value. */
  double value;

  /** When the value was known last, on the monotonic clock. */
  long knownMillis;

  /** The disk's share of a total, smoothed over {@link #LOAD_MILLIS}. */
  double load;

  /** Present from the breach until its alert is resolved. */
  @Nullable Breach breach;

  /** Whether a decision records that the policy's {@code only_if} is unknown. */
  boolean unknownConditionRecorded;

  /** Where the threshold comes from; empty when the policy sets it. */
  String origin = "";

  Evaluation(
      HostTracker tracker,
      DiskPolicy policy,
      int policyIndex,
      int row,
      double above,
      long slotMillis) {
    this.tracker = tracker;
    this.policy = policy;
    this.policyIndex = policyIndex;
    MappedDisk mapped = tracker.state.disk(row);
    this.domain = mapped.domain();
    this.disk = mapped.key();
    this.workers = new KnownWorkers(tracker.state.boot(), mapped);
    this.row = row;
    this.detector = policy.detector(above);
    this.history = new LoadHistory(slotMillis);
  }

  /** Adds the disk's share of a total in a window; an unknown one is ignored. */
  void load(double own, long windowMillis) {
    if (!Double.isNaN(own)) {
      double weight = load == 0 ? 1 : Math.min(1, (double) windowMillis / LOAD_MILLIS);
      load += (own - load) * weight;
    }
  }

  /**
   * Whether a breach concerns its disk. A policy about a domain's total evaluates each disk that it
   * matches, but only those that carry the load are breached: the busiest ones, until the others
   * together are below {@code clear_below}. Loads are smoothed, so that disks that alternate all
   * carry.
   */
  boolean carriesLoad() {
    Threshold when = detector.when();
    Metric metric = when.metric();
    if (!metric.isTotal()) {
      return true;
    }
    if (Double.isNaN(tracker.state.value(metric.ofEachDisk(), row)) || load <= 0) {
      return false; // a disk is evaluated by its own I/O only
    }
    double left = 0;
    boolean busiest = true;
    for (int each : tracker.state.domainRows(metric, row)) {
      Evaluation other = tracker.find(each, policyIndex);
      if (other != null) {
        boolean before = other.load > load || (other.load == load && other.row < row);
        busiest &= !before;
        left += before ? 0 : other.load;
      }
    }
    return policy.then().ladder().isEmpty() ? busiest : left > when.clearBelow();
  }

  /** A metric of the disk in the last window; unknown for a disk that is gone. */
  double measured(Metric metric) {
    return row < tracker.state.rows() ? tracker.state.value(metric, row) : Double.NaN;
  }

  /** The names of the physical devices of its disk, sorted; empty when unknown. */
  List<String> devices() {
    return row < tracker.state.rows() ? devices(tracker.state.disk(row)) : List.of();
  }

  static List<String> devices(MappedDisk disk) {
    return disk.physical().stream().map(PhysicalDevice::name).sorted().toList();
  }

  /** Whether the disk is over the threshold now. */
  boolean breached() {
    return breach != null && !breach.isKept() && !policy.isStanding();
  }

  /** Whether the policy may throttle the disk, with or without approval. */
  boolean mayAct() {
    boolean acts = policy.mode() == Mode.AUTO || policy.mode() == Mode.APPROVE;
    return acts && !policy.then().ladder().isEmpty();
  }

  /** Whether the safety limits count its breach. */
  boolean anomalous() {
    return mayAct() && policy.countsAsAnomaly();
  }

  /** Whether it may adopt an existing lease; mode {@code approve} has no approval for that one. */
  boolean mayAdopt() {
    return policy.mode() == Mode.AUTO && mayAct();
  }

  /** Why its disk is throttled, for the command. */
  String reason() {
    if (policy.isStanding()) {
      return "policy %s: standing".formatted(policy.name());
    }
    Threshold when = detector.when();
    return "policy %s: %s is %s, above %s"
        .formatted(
            policy.name(),
            when.metric().id(),
            when.metric().format(value),
            when.metric().format(when.above()));
  }

  /** A decision about its disk, with what was measured. */
  Decision decision(
      Instant now, Decision.Verdict verdict, @Nullable MessageId lease, String reason) {
    Map<String, Double> numbers = new TreeMap<>();
    if (!policy.isStanding()) {
      numbers.put(detector.when().metric().id(), value);
      numbers.put("above", detector.when().above());
    }
    for (Metric metric : RECORDED) {
      double measured = measured(metric);
      if (!Double.isNaN(measured)) {
        numbers.put(metric.id(), measured);
      }
    }
    HostId host = tracker.host();
    String by = policy.name();
    return new Decision(now, host, domain, disk.vdev(), by, verdict, lease, reason, numbers)
        .withAlert(breach == null ? null : breach.id());
  }
}
