package io.blkwarden.controller.throttle;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import org.jspecify.annotations.Nullable;

/** What a transition wants done. */
public sealed interface ThrottleEffect {
  /** Send a command that sets, changes or renews the lease. */
  record SendSet(CommandPurpose purpose, Lease lease, Restraint restraint)
      implements ThrottleEffect {}

  /** Send a command that ends the lease. */
  record SendRelease(MessageId lease, String reason) implements ThrottleEffect {}

  /**
   * Record a decision.
   *
   * @param lease concerned; absent for none
   * @param policy for a lease without a breach; absent when no policy is concerned
   * @param refusal that was decisive; absent for none
   */
  record RecordDecision(
      Decision.Verdict verdict,
      String reason,
      @Nullable MessageId lease,
      @Nullable String policy,
      @Nullable Refusal refusal)
      implements ThrottleEffect {}

  /** Publish the alert if it has changed. */
  record RefreshAlert() implements ThrottleEffect {}

  /** Remember that a step harmed the neighbours on the disk's devices. */
  record NoteHarm(Restraint step) implements ThrottleEffect {}

  /** Request the host's whole map. */
  record RequestMap() implements ThrottleEffect {}
}
