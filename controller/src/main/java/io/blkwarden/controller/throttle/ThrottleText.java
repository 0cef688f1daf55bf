package io.blkwarden.controller.throttle;

import io.blkwarden.model.message.Alert;

/** The text that alerts give for a throttle's state. */
public final class ThrottleText {
  static final String NOT_THROTTLED = "not throttled: ";

  private ThrottleText() {}

  /** What the alert's note says, as a full sentence; empty for nothing. */
  public static String note(ThrottleState state, Attempts attempts) {
    if (state instanceof ThrottleState.Refused(Refusal refusal, var _)) {
      return refusal.sentence();
    }
    boolean failed =
        (state instanceof ThrottleState.Resting resting && resting.failed())
            || (state instanceof ThrottleState.Requested requested && requested.failure() != null);
    return (failed ? NOT_THROTTLED : "") + reason(state, attempts);
  }

  /** The same without saying that the disk is not throttled. */
  public static String reason(ThrottleState state, Attempts attempts) {
    return switch (state) {
      case ThrottleState.Idle _, ThrottleState.SteppingDown _ -> "";
      case ThrottleState.Refused(Refusal refusal, var _) -> refusal.text();
      case ThrottleState.Shadow shadow ->
          join("%s would be set".formatted(shadow.wanted()), shadow.skipped());
      case ThrottleState.Proposed _ -> proposed(attempts);
      case ThrottleState.Resting resting -> resting.why();
      case ThrottleState.Finished finished -> finished.end().text();
      case ThrottleState.Requested requested ->
          requested.failure() == null
              ? join(
                  "%s requested, no answer yet".formatted(requested.lease().restraint()),
                  requested.skipped())
              : requested.failure();
      case ThrottleState.InForce held -> inForce(held, attempts);
      case ThrottleState.Releasing releasing -> releasing.why();
    };
  }

  private static String proposed(Attempts attempts) {
    Attempts.Proposal proposal = attempts.proposal();
    if (proposal == null) {
      return "";
    }
    Attempts.Proposal.Approval approval = proposal.approval();
    return approval == null
        ? new Refusal.AwaitsApproval(proposal.id(), proposal.restraint()).text()
        : "approved by %s: %s".formatted(approval.by(), approval.reason());
  }

  private static String inForce(ThrottleState.InForce held, Attempts attempts) {
    if (attempts.end() != null) {
      return attempts.end().text();
    }
    if (attempts.proposal() != null && attempts.proposal().approval() != null) {
      return proposed(attempts);
    }
    if (held.hindrance() != null) {
      return held.hindrance().text();
    }
    EffectReport report = held.effect().report();
    return report.note().isEmpty() && report.effect() == Alert.Effect.UNKNOWN
        ? held.remark()
        : report.note();
  }

  static String join(String sentence, String note) {
    return note.isEmpty() ? sentence : sentence + "; " + note;
  }
}
