package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.WireName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published alert; its {@code id} is constant from {@code firing} to {@code resolved}.
 *
 * @param id identity of the alert
 * @param incident incident shared by the alerts of one affected device or host while any of them is
 *     open; absent for fleet alerts and from senders without grouping
 * @param state state
 * @param severity severity
 * @param policy policy that raised it
 * @param host host; {@code _fleet} for the whole fleet
 * @param domain domain of the disk; absent for host and fleet alerts
 * @param disk disk; absent for host and fleet alerts
 * @param since start of the breach
 * @param at time of this state
 * @param condition measured value and threshold
 * @param evidence further measurements
 * @param action action taken or proposed; absent if none
 * @param summary one-sentence summary
 * @param silencedBy id of the silence that suppresses notifications; absent if none
 * @param ackedBy operator who acknowledged it; absent if none
 * @param inhibitedBy {@code handled}, or the id of the fleet alert that inhibits it; absent if none
 * @param epoch epoch of the publishing controller; absent from older versions
 * @param device name of the physical device; absent unless the alert is about one
 */
public record Alert(
    MessageId id,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MessageId incident,
    State state,
    Severity severity,
    String policy,
    HostId host,
    @Nullable DomainRef domain,
    @Nullable AlertDisk disk,
    Instant since,
    Instant at,
    Condition condition,
    Evidence evidence,
    @Nullable Action action,
    String summary,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MessageId silencedBy,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ackedBy,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String inhibitedBy,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long epoch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String device)
    implements ControlMessage {
  public Alert {
    Require.text(policy, 100, "policy");
    Require.text(summary, 2_000, "summary");
    Require.optionalText(ackedBy, 255, "acked_by");
    Require.optionalText(inhibitedBy, 64, "inhibited_by");
    Require.optionalText(device, 64, "device");
    if (epoch != null) {
      Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    }
  }

  /** A copy in another state. */
  public Alert withState(State next, Instant when, String sentence) {
    return with(next, when, sentence, silencedBy, ackedBy, inhibitedBy, epoch);
  }

  /** A copy with what suppresses its notifications. */
  public Alert withSuppression(
      @Nullable MessageId silence, @Nullable String acked, @Nullable String inhibited) {
    return with(state, at, summary, silence, acked, inhibited, epoch);
  }

  /** A copy with the publishing controller's epoch. */
  public Alert withEpoch(long epoch) {
    return with(state, at, summary, silencedBy, ackedBy, inhibitedBy, epoch);
  }

  private Alert with(
      State next,
      Instant when,
      String sentence,
      @Nullable MessageId silence,
      @Nullable String acked,
      @Nullable String inhibited,
      @Nullable Long leader) {
    return new Alert(
        id, incident, next, severity, policy, host, domain, disk, since, when, condition, evidence,
        action, sentence, silence, acked, inhibited, leader, device);
  }

  /** Whether its notifications are suppressed. */
  public boolean suppressed() {
    return silencedBy != null || ackedBy != null || inhibitedBy != null;
  }

  /** The states of an alert. */
  public enum State implements WireName {
    /** The condition is met. */
    FIRING,
    /** The condition is met, and a throttle is in force. */
    HANDLED,
    /** The condition is no longer met. */
    RESOLVED,
    /** The host is stale, so the condition is unknown. */
    UNKNOWN
  }

  /** The severities of an alert. */
  public enum Severity implements WireName {
    INFO,
    WARNING,
    CRITICAL
  }

  /** The effect of a throttle, from the windows before and after it. */
  public enum Effect implements WireName {
    WORKED,
    NO_EFFECT,
    HARMED,
    /** The device's scheduler ignores priorities, so no effect is expected. */
    INEFFECTIVE,
    /** Not evaluated yet, or samples are missing. */
    UNKNOWN
  }

  /**
   * The disk that an alert is about.
   *
   * @param vdev virtual device
   * @param volume the toolstack's path
   * @param role role of the volume
   * @param device number of the volume's block device
   */
  public record AlertDisk(
      String vdev, @Nullable String volume, VolumeRole role, @Nullable DeviceNumber device) {
    public AlertDisk {
      Require.text(vdev, 64, "disk.vdev");
    }
  }

  /**
   * The measured value and its threshold.
   *
   * @param metric the policy's metric, such as {@code iops}
   * @param value measured value in the metric's unit
   * @param above threshold
   * @param forMs required duration in ms
   * @param clearBelow value below which the alert resolves
   */
  public record Condition(
      String metric, double value, double above, long forMs, double clearBelow) {
    public Condition {
      Require.text(metric, 64, "condition.metric");
      Require.finite(value, "condition.value");
      Require.finite(above, "condition.above");
      Require.finite(clearBelow, "condition.clear_below");
    }
  }

  /**
   * Further measurements; unknown values are absent.
   *
   * @param deviceTimeShare the disk's share of its physical device's time, 0 to 1
   * @param deviceUtil utilization of the physical device, 0 to 1
   * @param hostAwaitMs mean time of an I/O on the physical device, in ms
   * @param hostIoFull PSI io full of dom0, 0 to 1
   * @param correlation correlation of the disk's load with its neighbours' latency, -1 to 1; absent
   *     unless the policy uses attribution and it could be computed
   * @param blame result of the attribution; absent unless the policy uses it
   * @param samples the last rows of wall clock milliseconds and value, at most 120
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Evidence(
      @Nullable Double deviceTimeShare,
      @Nullable Double deviceUtil,
      @Nullable Double hostAwaitMs,
      @Nullable Double hostIoFull,
      @Nullable Double correlation,
      @Nullable Blame blame,
      List<List<Double>> samples) {
    public Evidence {
      samples = Require.list(samples, 120, "evidence.samples");
    }
  }

  /**
   * The result of an attribution for a physical device.
   *
   * @param verdict {@code culprit}, {@code other-culprit}, {@code not-hurt}, or why there is no
   *     suspect; 1 to 64 characters
   * @param device name of the physical device; absent when unknown
   * @param share the disk's share of the guests' device time while neighbours were affected, 0 to 1
   * @param margin margin of the suspect over the runner-up in share × correlation, 0 to 1
   * @param coverage fraction of time that could be evaluated, 0 to 1
   * @param confidence coverage × the cube root of share × correlation × margin; absent without a
   *     suspect
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Blame(
      String verdict,
      @Nullable String device,
      @Nullable Double share,
      @Nullable Double margin,
      @Nullable Double coverage,
      @Nullable Double confidence) {
    public Blame {
      Require.text(verdict, 64, "evidence.blame.verdict");
      Require.optionalText(device, 64, "evidence.blame.device");
    }
  }

  /**
   * The action for an alert.
   *
   * @param mode the policy's mode: {@code observe}, {@code shadow}, {@code approve}, {@code auto}
   * @param throttle lease; absent when nothing was set
   * @param priority priority set or proposed; absent for a limit
   * @param limitPerS limit set or proposed; absent for a priority
   * @param leaseMs duration of the lease in ms
   * @param workers changed workers
   * @param effect effect of the throttle
   * @param before the metric before
   * @param after the metric after
   * @param note why nothing was done or what was skipped, if anything
   * @param neighboursBeforeMs mean time of an I/O of the disk's neighbours before, in ms
   * @param neighboursAfterMs mean time of an I/O of the disk's neighbours after, in ms
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Action(
      String mode,
      @Nullable MessageId throttle,
      @Nullable IoPriority priority,
      @Nullable Integer limitPerS,
      long leaseMs,
      List<AlertWorker> workers,
      Effect effect,
      @Nullable Double before,
      @Nullable Double after,
      @Nullable String note,
      @Nullable Double neighboursBeforeMs,
      @Nullable Double neighboursAfterMs) {
    public Action {
      Require.text(mode, 16, "action.mode");
      workers = Require.list(workers, 64, "action.workers");
      Require.optionalText(note, 1_000, "action.note");
      if (priority != null && limitPerS != null) {
        Restraint.of(priority, limitPerS);
      }
    }
  }

  /**
   * A changed worker.
   *
   * @param pid task id
   * @param comm its name
   */
  public record AlertWorker(int pid, @JsonProperty("comm") String comm) {
    public AlertWorker {
      Require.text(comm, 64, "action.workers.comm");
    }
  }
}
