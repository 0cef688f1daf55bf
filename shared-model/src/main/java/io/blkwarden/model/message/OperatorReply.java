package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The controller's answer to an operator's request.
 *
 * @param verdict what became of it
 * @param detail all of it in a sentence
 * @param proposals what waits for approval, at most {@link #PROPOSALS_MAX}; absent unless asked for
 * @param inForce the silence, acknowledgement or pause that the request set and that is now in
 *     force; absent for other requests
 */
public record OperatorReply(
    Verdict verdict,
    String detail,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Proposal> proposals,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorInput inForce)
    implements ControlMessage {
  /** Most proposals in an answer. */
  public static final int PROPOSALS_MAX = 200;

  public OperatorReply {
    Require.present(verdict, "verdict");
    Require.text(detail, 2_000, "detail");
    if (proposals != null) {
      proposals = Require.list(proposals, PROPOSALS_MAX, "proposals");
    }
  }

  /** An answer in a sentence. */
  public OperatorReply(Verdict verdict, String detail) {
    this(verdict, detail, null, null);
  }

  /** An answer with proposals. */
  public OperatorReply(Verdict verdict, String detail, List<Proposal> proposals) {
    this(verdict, detail, proposals, null);
  }

  /** What became of a request. */
  public enum Verdict {
    DONE,
    FAILED,
    /** A guard refused: mode, brake, protect list, mapping or the agent's gate. */
    REFUSED;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A throttle that waits for a person. Exactly one of {@code priority} and {@code limitPerS} is
   * given.
   *
   * @param id what to approve or deny
   * @param alert the breach that it is about
   * @param policy whose
   * @param host where
   * @param domain whose disk
   * @param disk virtual device
   * @param priority what would be set; absent for a limit
   * @param limitPerS what would be set; absent for a priority
   * @param leaseMs how long
   * @param expires when it lapses
   * @param approvedBy who approved it, if it is approved and not carried out yet
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Proposal(
      MessageId id,
      MessageId alert,
      String policy,
      HostId host,
      DomainRef domain,
      String disk,
      @Nullable IoPriority priority,
      @Nullable Integer limitPerS,
      long leaseMs,
      Instant expires,
      @Nullable String approvedBy) {
    public Proposal {
      Require.present(id, "proposal.id");
      Require.present(alert, "proposal.alert");
      Require.text(policy, 100, "proposal.policy");
      Require.present(host, "proposal.host");
      Require.present(domain, "proposal.domain");
      Require.text(disk, 64, "proposal.disk");
      Restraint.of(priority, limitPerS, "proposal");
      Require.present(expires, "proposal.expires");
      Require.optionalText(approvedBy, 255, "proposal.approved_by");
    }

    /** What would be set. */
    public Restraint restraint() {
      return Restraint.of(priority, limitPerS, "proposal");
    }
  }
}
