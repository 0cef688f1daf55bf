package io.blkwarden.controller.bus;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.util.List;

/** What the controller listens to; they outlive reconnections. */
final class Subscriptions {
  private final Subjects subjects;
  private final Connection samplesLink;
  private final Dispatcher samples;
  private final Connection controlLink;
  private final Dispatcher fleet;
  private final Dispatcher outcomes;
  private final Dispatcher operators;

  /**
   * Subscribes.
   *
   * @param claimTouched called when somebody wrote to the claim: a bucket is a stream, and a put a
   *     message that plain subscribers hear too
   */
  Subscriptions(
      Connection samplesLink,
      Connection controlLink,
      Subjects subjects,
      Inbox inbox,
      Runnable claimTouched) {
    this.subjects = subjects;
    this.samplesLink = samplesLink;
    this.controlLink = controlLink;
    samples = samplesLink.createDispatcher(m -> inbox.sample(m.getSubject(), m.getData()));
    fleet = controlLink.createDispatcher();
    outcomes = controlLink.createDispatcher(m -> inbox.outcome(m.getSubject(), m.getData()));
    operators = controlLink.createDispatcher();
    operators.subscribe(
        "$KV." + JetStreamAssets.CLAIM + "." + ClaimKeeper.KEY, m -> claimTouched.run());
    outcomes.subscribe(subjects.allOutcomes());
    fleet.subscribe(subjects.allMappings(), m -> inbox.mapping(m.getSubject(), m.getData()));
    fleet.subscribe(subjects.allHeartbeats(), m -> inbox.heartbeat(m.getSubject(), m.getData()));
    samples.subscribe(subjects.allSamples());
    operators.subscribe(
        subjects.allOperatorRequests(),
        m -> {
          String replyTo = m.getReplyTo();
          if (replyTo != null && subjects.isInbox(replyTo)) {
            inbox.operator(m.getSubject(), replyTo, m.getData());
          }
        });
  }

  /** Stops listening, except for outcomes and replies of what is still under way. */
  void closeIntake() {
    if (samplesLink.getStatus() != Connection.Status.CLOSED) {
      samples.unsubscribe(subjects.allSamples());
    }
    if (controlLink.getStatus() != Connection.Status.CLOSED) {
      for (Dispatcher each : List.of(fleet, operators)) {
        controlLink.closeDispatcher(each);
      }
    }
  }

  /** Samples that came faster than they were taken. */
  long droppedSamples() {
    return samples.getDroppedCount();
  }

  /** Control messages that came faster than they were taken. */
  long droppedControl() {
    return fleet.getDroppedCount() + outcomes.getDroppedCount() + operators.getDroppedCount();
  }
}
