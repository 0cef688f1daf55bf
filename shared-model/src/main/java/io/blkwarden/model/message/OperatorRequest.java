package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operator's request to the controller on {@code operator.<verb>}, by request and reply.
 *
 * @param by name of the operator
 * @param reason one-sentence reason
 * @param ask requested action
 */
public record OperatorRequest(String by, String reason, Ask ask) implements ControlMessage {
  public OperatorRequest {
    Require.text(by, 255, "by");
    Require.text(reason, 1_000, "reason");
  }

  /** A requested action, identified by {@code verb}. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verb")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Throttle.class, name = "throttle"),
    @JsonSubTypes.Type(value = Release.class, name = "release"),
    @JsonSubTypes.Type(value = ReleaseAll.class, name = "release-all"),
    @JsonSubTypes.Type(value = Proposals.class, name = "proposals"),
    @JsonSubTypes.Type(value = Approve.class, name = "approve"),
    @JsonSubTypes.Type(value = Deny.class, name = "deny"),
    @JsonSubTypes.Type(value = Forget.class, name = "forget"),
    @JsonSubTypes.Type(value = Fleet.class, name = "fleet"),
    @JsonSubTypes.Type(value = SilenceAdd.class, name = "silence-add"),
    @JsonSubTypes.Type(value = SilenceExpire.class, name = "silence-expire"),
    @JsonSubTypes.Type(value = AckAdd.class, name = "ack"),
    @JsonSubTypes.Type(value = AckUndo.class, name = "ack-undo"),
    @JsonSubTypes.Type(value = PauseSet.class, name = "pause"),
    @JsonSubTypes.Type(value = PauseEnd.class, name = "resume"),
  })
  public sealed interface Ask {
    /** Token of the subject after {@code operator}. */
    default String verb() {
      JsonSubTypes asks = Objects.requireNonNull(Ask.class.getAnnotation(JsonSubTypes.class));
      return Arrays.stream(asks.value())
          .filter(type -> type.value() == getClass())
          .findFirst()
          .orElseThrow()
          .name();
    }
  }

  /**
   * Throttles a disk.
   *
   * @param host host
   * @param domain name or UUID of the domain
   * @param disk virtual device, such as {@code xvda2}
   * @param restraint restraint to set, the fields {@code priority} or {@code limit_per_s}
   * @param leaseMs duration of the lease in ms
   * @param force whether safety limits are overridden; absent for no. All other safety checks apply
   */
  public record Throttle(
      HostId host,
      String domain,
      String disk,
      @JsonUnwrapped Restraint restraint,
      long leaseMs,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean force)
      implements Ask {
    public Throttle {
      Require.text(domain, 255, "domain");
      Require.text(disk, 64, "disk");
      Require.within(leaseMs, 1_000, CommandAction.Set.USUAL_LEASE_MS, "lease_ms");
    }
  }

  /**
   * Releases a disk.
   *
   * @param host host
   * @param domain name or UUID of the domain
   * @param disk virtual device
   */
  public record Release(HostId host, String domain, String disk) implements Ask {
    public Release {
      Require.text(domain, 255, "domain");
      Require.text(disk, 64, "disk");
    }
  }

  /** Releases all disks of the fleet. */
  public record ReleaseAll() implements Ask {}

  /** Lists the proposals pending approval. */
  public record Proposals() implements Ask {}

  /**
   * Approves a proposal, which is carried out if its conditions are still met at the next samples.
   *
   * @param proposal id of the proposal
   */
  public record Approve(MessageId proposal) implements Ask {}

  /**
   * Denies a proposal; the same breach gets no other one.
   *
   * @param proposal id of the proposal
   */
  public record Deny(MessageId proposal) implements Ask {}

  /**
   * Removes a host permanently, with its mapping and open alerts.
   *
   * @param host host
   */
  public record Forget(HostId host) implements Ask {}

  /**
   * Reports the state of the fleet.
   *
   * @param host pattern with {@code *} and {@code ?} of the hosts to report; absent for all
   */
  public record Fleet(@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String host)
      implements Ask {
    public Fleet {
      Require.optionalText(host, 255, "host");
    }
  }

  /** A request that sets or ends a silence, an acknowledgement or the pause. */
  public sealed interface Lasting extends Ask {}

  /**
   * Adds a silence that starts now.
   *
   * @param match alerts to silence
   * @param forMs duration in ms
   */
  public record SilenceAdd(Silence.Matcher match, long forMs) implements Lasting {
    public SilenceAdd {
      Require.within(forMs, 1, Silence.LONGEST.toMillis(), "for_ms");
    }
  }

  /**
   * Ends a silence.
   *
   * @param silence id of the silence
   */
  public record SilenceExpire(MessageId silence) implements Lasting {}

  /**
   * Acknowledges an alert or all alerts of an incident.
   *
   * @param about id of the alert or incident
   */
  public record AckAdd(MessageId about) implements Lasting {}

  /**
   * Withdraws an acknowledgement.
   *
   * @param about id of the alert or incident
   */
  public record AckUndo(MessageId about) implements Lasting {}

  /** Pauses enforcement. */
  public record PauseSet() implements Lasting {}

  /** Ends the pause. */
  public record PauseEnd() implements Lasting {}
}
