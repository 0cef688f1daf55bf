package io.blkwarden.controller.bus;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What the controller listens to; they outlive reconnections. */
final class Subscriptions {
  private static final long SEEKERS_MAX = 1_000;
  private static final long SEEKERS_MAX_BYTES = 1 << 20;

  private final Subjects subjects;
  private final Connection samplesLink;
  private final Dispatcher samples;
  private final Connection controlLink;
  private final Dispatcher fleet;
  private final Dispatcher outcomes;
  private final Dispatcher operators;
  private final Dispatcher seekers;

  /**
   * Subscribes.
   *
   * @param instance name of this controller, for whoever looks for services
   * @param since when it began to listen, for the same
   * @param claimWritten gets what somebody wrote to the claim: a bucket is a stream, and a put a
   *     message that plain subscribers hear too
   */
  Subscriptions(
      Connection samplesLink,
      Connection controlLink,
      Subjects subjects,
      String instance,
      Instant since,
      Inbox inbox,
      Consumer<byte[]> claimWritten) {
    this.subjects = subjects;
    this.samplesLink = samplesLink;
    this.controlLink = controlLink;
    samples = samplesLink.createDispatcher(m -> inbox.sample(m.getSubject(), m.getData()));
    fleet = controlLink.createDispatcher();
    outcomes = controlLink.createDispatcher(m -> inbox.outcome(m.getSubject(), m.getData()));
    operators = controlLink.createDispatcher();
    operators.subscribe(
        "$KV." + JetStreamAssets.CLAIM + "." + ClaimKeeper.KEY,
        m -> claimWritten.accept(m.getData()));
    outcomes.subscribe(subjects.allOutcomes());
    fleet.subscribe(subjects.allMappings(), m -> inbox.mapping(m.getSubject(), m.getData()));
    fleet.subscribe(subjects.allHeartbeats(), m -> inbox.heartbeat(m.getSubject(), m.getData()));
    samples.subscribe(subjects.allSamples());
    for (String each : subjects.allOperatorRequests()) {
      operators.subscribe(
          each,
          m -> {
            String replyTo = m.getReplyTo();
            if (replyTo != null && subjects.isInbox(replyTo)) {
              inbox.operator(m.getSubject(), replyTo, m.getData());
            }
          });
    }
    seekers = controlLink.createDispatcher();
    seekers.setPendingLimits(SEEKERS_MAX, SEEKERS_MAX_BYTES);
    Presence _ = new Presence(controlLink, seekers, subjects, instance, since);
  }

  /** Stops listening, except for outcomes and replies of what is still under way. */
  void closeIntake() {
    if (samplesLink.getStatus() != Connection.Status.CLOSED) {
      samples.unsubscribe(subjects.allSamples());
    }
    if (controlLink.getStatus() != Connection.Status.CLOSED) {
      for (Dispatcher each : List.of(fleet, operators, seekers)) {
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
