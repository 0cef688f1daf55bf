package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.WireName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The controller's answer to an operator's request.
 *
 * @param verdict result of the request
 * @param detail one-sentence description
 * @param proposals pending proposals, at most {@link #PROPOSALS_MAX}; absent unless requested
 * @param inForce the silence, acknowledgement or pause set by the request; absent for other
 *     requests
 * @param fleet state of the fleet; absent unless requested
 */
public record OperatorReply(
    Verdict verdict,
    String detail,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Proposal> proposals,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorInput inForce,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FleetReport fleet)
    implements ControlMessage {
  /** Maximum number of proposals in a reply. */
  public static final int PROPOSALS_MAX = 200;

  public OperatorReply {
    Require.text(detail, 2_000, "detail");
    if (proposals != null) {
      proposals = Require.list(proposals, PROPOSALS_MAX, "proposals");
    }
  }

  /** A reply without data. */
  public OperatorReply(Verdict verdict, String detail) {
    this(verdict, detail, null, null, null);
  }

  /** A reply with a report. */
  public OperatorReply(FleetReport fleet) {
    this(Verdict.DONE, "the state of the fleet", null, null, fleet);
  }

  /** The results of a request. */
  public enum Verdict implements WireName {
    DONE,
    FAILED,
    /** A safety check refused: mode, safety limit, protect list, mapping or the agent's gate. */
    REFUSED
  }

  /**
   * A throttle pending approval.
   *
   * @param id id to approve or deny
   * @param alert alert of the breach; absent for a standing policy, which has none
   * @param policy policy
   * @param host host
   * @param domain domain of the disk
   * @param disk virtual device
   * @param restraint proposed restraint, the fields {@code priority} or {@code limit_per_s}
   * @param leaseMs duration of the lease in ms
   * @param expires expiry time
   * @param approvedBy operator who approved it, if not carried out yet
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Proposal(
      MessageId id,
      @Nullable MessageId alert,
      String policy,
      HostId host,
      DomainRef domain,
      String disk,
      @JsonUnwrapped Restraint restraint,
      long leaseMs,
      Instant expires,
      @Nullable String approvedBy) {
    public Proposal {
      Require.text(policy, 100, "proposal.policy");
      Require.text(disk, 64, "proposal.disk");
      Require.optionalText(approvedBy, 255, "proposal.approved_by");
    }
  }
}
