package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What people and programs are told; the same {@code id} from {@code firing} to {@code resolved}.
 *
 * @param id identity of the alert over its whole life
 * @param incident what it belongs to: the alerts of one hurt device, or host, share it while any of
 *     them is open; absent for fleet alerts and from senders that do not group
 * @param state where in its life it is
 * @param severity how bad
 * @param policy which policy raised it
 * @param host where; {@code _fleet} for the whole fleet
 * @param domain whose disk; absent for host and fleet alerts
 * @param disk which disk; absent for host and fleet alerts
 * @param since when the condition began to hold
 * @param at when this state was reached
 * @param condition what was measured against what
 * @param evidence more numbers
 * @param action what was done or would be done; absent when nothing is
 * @param summary all of it in a sentence
 * @param silencedBy id of the silence that keeps it from paging; absent when none does
 * @param ackedBy who has taken it on; absent when nobody has
 * @param inhibitedBy {@code handled}, or the id of the fleet's alert, that keeps it from paging;
 *     absent when nothing does
 * @param epoch the claim of the controller that published it; absent in messages of older ones
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
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long epoch)
    implements ControlMessage {
  public Alert {
    Require.present(id, "id");
    Require.present(state, "state");
    Require.present(severity, "severity");
    Require.text(policy, 100, "policy");
    Require.present(host, "host");
    Require.present(since, "since");
    Require.present(at, "at");
    Require.present(condition, "condition");
    Require.present(evidence, "evidence");
    Require.text(summary, 2_000, "summary");
    Require.optionalText(ackedBy, 255, "acked_by");
    Require.optionalText(inhibitedBy, 64, "inhibited_by");
    if (epoch != null) {
      Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    }
  }

  /** An alert that nothing keeps from paging, and that is not published yet. */
  public Alert(
      MessageId id,
      @Nullable MessageId incident,
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
      String summary) {
    this(
        id, incident, state, severity, policy, host, domain, disk, since, at, condition, evidence,
        action, summary, null, null, null, null);
  }

  /** The same alert in another state. */
  public Alert told(State next, Instant when, String sentence) {
    return new Alert(
        id,
        incident,
        next,
        severity,
        policy,
        host,
        domain,
        disk,
        since,
        when,
        condition,
        evidence,
        action,
        sentence,
        silencedBy,
        ackedBy,
        inhibitedBy,
        epoch);
  }

  /** The same alert with what keeps it from paging. */
  public Alert marked(
      @Nullable MessageId silence, @Nullable String acked, @Nullable String inhibited) {
    return new Alert(
        id, incident, state, severity, policy, host, domain, disk, since, at, condition, evidence,
        action, summary, silence, acked, inhibited, epoch);
  }

  /** The same alert as the controller with this claim publishes it. */
  public Alert withEpoch(long claim) {
    return new Alert(
        id,
        incident,
        state,
        severity,
        policy,
        host,
        domain,
        disk,
        since,
        at,
        condition,
        evidence,
        action,
        summary,
        silencedBy,
        ackedBy,
        inhibitedBy,
        claim);
  }

  /** Whether something keeps it from paging. */
  public boolean quiet() {
    return silencedBy != null || ackedBy != null || inhibitedBy != null;
  }

  /** Where in its life an alert is. */
  public enum State {
    /** The condition holds. */
    FIRING,
    /** It holds, and a throttle has been applied for it. */
    HANDLED,
    /** It holds no longer. */
    RESOLVED,
    /** The host is silent, so nobody knows. */
    UNKNOWN;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How bad it is. */
  public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    /** Name in messages, subjects and policies. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a throttle changed, from the windows before and after it. */
  public enum Effect {
    WORKED,
    NO_EFFECT,
    HARMED,
    /** The device's scheduler ignores priorities; nothing was tried or expected. */
    INEFFECTIVE,
    /** Not judged yet, or samples are missing. */
    UNKNOWN;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The disk that an alert is about.
   *
   * @param vdev virtual device
   * @param volume the toolstack's path
   * @param role what it is used for
   * @param device number of the volume's block device
   */
  public record AlertDisk(
      String vdev, @Nullable String volume, VolumeRole role, @Nullable DeviceNumber device) {
    public AlertDisk {
      Require.text(vdev, 64, "disk.vdev");
      Require.present(role, "disk.role");
    }
  }

  /**
   * What was measured against what.
   *
   * @param metric the policy's metric, such as {@code iops}
   * @param value what it was, in the metric's unit
   * @param above the policy's threshold
   * @param forMs how long it had to last
   * @param clearBelow below what it counts as over
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
   * Numbers around the condition; what could not be measured is absent.
   *
   * @param deviceTimeShare this disk's part of its physical device's busy time, 0 to 1
   * @param deviceUtil busy part of the physical device's time, 0 to 1
   * @param hostAwaitMs mean time of an I/O on the physical device, in ms
   * @param hostIoFull part of the time in which all of dom0's tasks waited for I/O, 0 to 1
   * @param correlation how far the disk's work rises and falls with its neighbours' waiting, -1 to
   *     1; absent unless its policy asks who is to blame and that could be judged
   * @param blame who was found to hurt the device; absent unless its policy asks
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

    /** Evidence of a policy that does not ask who is to blame. */
    public Evidence(
        @Nullable Double deviceTimeShare,
        @Nullable Double deviceUtil,
        @Nullable Double hostAwaitMs,
        @Nullable Double hostIoFull,
        List<List<Double>> samples) {
      this(deviceTimeShare, deviceUtil, hostAwaitMs, hostIoFull, null, null, samples);
    }
  }

  /**
   * Who was found to hurt a physical device.
   *
   * @param verdict {@code culprit}, {@code other-culprit}, {@code not-hurt}, or why nobody is
   *     named; 1 to 64 characters
   * @param device name of the physical device; absent when none is known
   * @param share this disk's part of the guests' device time while neighbours were hurt, 0 to 1
   * @param margin of the named over the runner-up in share × correlation, 0 to 1
   * @param coverage part of the time that could be judged, 0 to 1
   * @param confidence coverage × the cube root of share × correlation × margin; absent when nobody
   *     is named
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
   * What was done about it.
   *
   * @param mode the policy's mode: {@code observe}, {@code shadow}, {@code approve}, {@code auto}
   * @param throttle the lease; absent when nothing was set
   * @param priority what was set, or would be; absent for a limit
   * @param limitPerS the limit that was set, or would be; absent for a priority
   * @param leaseMs how long
   * @param workers whose priority was set
   * @param effect what it changed
   * @param before the metric before
   * @param after the metric after
   * @param note why nothing was done, or what was skipped; absent when there is nothing to say
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
      @Nullable String note) {
    public Action {
      Require.text(mode, 16, "action.mode");
      workers = Require.list(workers, 64, "action.workers");
      Require.present(effect, "action.effect");
      Require.optionalText(note, 1_000, "action.note");
      if (priority != null && limitPerS != null) {
        Restraint.of(priority, limitPerS, "action");
      }
    }

    /** The same with the restraint as one value; null when there is none. */
    public Action(
        String mode,
        @Nullable MessageId throttle,
        @Nullable Restraint restraint,
        long leaseMs,
        List<AlertWorker> workers,
        Effect effect,
        @Nullable Double before,
        @Nullable Double after,
        @Nullable String note) {
      this(
          mode,
          throttle,
          restraint == null ? null : restraint.priorityOrNull(),
          restraint == null ? null : restraint.limitOrNull(),
          leaseMs,
          workers,
          effect,
          before,
          after,
          note);
    }
  }

  /**
   * A worker whose priority was set.
   *
   * @param pid task
   * @param comm its name
   */
  public record AlertWorker(int pid, @JsonProperty("comm") String comm) {
    public AlertWorker {
      Require.text(comm, 64, "action.workers.comm");
    }
  }
}
