package io.blkwarden.controller.alert;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import org.jspecify.annotations.Nullable;

/** Something that may change the state of an alert. */
public sealed interface AlertEvent {
  /** An event that concerns only an alert whose breach is known to this controller. */
  sealed interface OfBreach extends AlertEvent {}

  /**
   * The condition was met for the policy's time.
   *
   * @param id id of a new alert
   * @param incident incident of a new alert
   */
  record Breached(MessageId id, @Nullable MessageId incident) implements AlertEvent {}

  /** The throttle or the measured values may have changed. */
  record Refreshed() implements OfBreach {}

  /** The condition is over, and the alert is kept for {@code keep_firing_for}. */
  record Cleared() implements OfBreach {}

  /**
   * A window was measured.
   *
   * @param calm whether the condition was not met
   */
  record Measured(boolean calm, long windowMillis) implements AlertEvent {}

  /** Samples of the host are missing. */
  record SamplesMissing() implements AlertEvent {}

  /** Samples of the host have arrived again for long enough. */
  record SamplesBack() implements OfBreach {}

  /** The alert is over. */
  record Ended(Ending ending) implements AlertEvent {}

  /** Time passed. */
  record Ticked() implements OfBreach {}

  /** Silences, acknowledgements or alerts about the fleet may have changed. */
  record MarksChanged() implements OfBreach {}

  /** It must be published again, because another controller may have published in between. */
  record Republished() implements OfBreach {}

  /**
   * This controller became the leader and has read what others published.
   *
   * @param open the open alert about the breach; absent if there is none
   */
  record AlertRestored(@Nullable Alert open) implements AlertEvent {}

  /** Another controller leads. */
  record LeadershipLost() implements AlertEvent {}

  /** Why an alert is over. */
  enum Ending {
    CLEARED("the condition is over"),
    GONE("the disk is gone"),
    DEVICE_GONE("no guest's disk is on the device any more"),
    GUEST_RESTARTED("the guest was restarted"),
    UNMATCHED("the policy no longer matches it"),
    POLICY_GONE("the policy was changed or removed"),
    HOST_REMOVED("the host was removed"),
    SUPERSEDED("it was published again under another id");

    private final String sentence;

    Ending(String sentence) {
      this.sentence = sentence;
    }

    /** The reason in words. */
    public String sentence() {
      return sentence;
    }
  }
}
