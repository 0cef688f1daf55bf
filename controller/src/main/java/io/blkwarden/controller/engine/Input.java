package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input of the engine. */
public sealed interface Input {
  /**
   * A batch of samples arrived.
   *
   * @param host its host
   * @param frame the batch; read during the step only, so that a frame can be reused
   */
  record SampleBatch(HostId host, SampleFrame frame) implements Input {}

  /**
   * A host's map changed, or a snapshot of it arrived.
   *
   * @param event the change or snapshot
   */
  record MappingChanged(MappingEvent event) implements Input {}

  /**
   * Messages of a host were dropped because a buffer was full.
   *
   * @param host the host
   */
  record ReportsDropped(HostId host) implements Input {}

  /**
   * A heartbeat arrived.
   *
   * @param beat the heartbeat
   */
  record HeartbeatReceived(Heartbeat beat) implements Input {}

  /**
   * An agent reported the outcome of a command or a lease.
   *
   * @param outcome the outcome
   */
  record OutcomeReceived(Outcome outcome) implements Input {}

  /**
   * Dispatch gave up a command that no agent answered in time.
   *
   * @param command its id
   * @param why the reason, as a sentence
   */
  record CommandAbandoned(MessageId command, String why) implements Input {}

  /**
   * An operator sent a request.
   *
   * @param request the request
   * @param key the user's NKey, from the request's subject; absent if that has none
   * @param correlation the caller's identifier, returned in {@link Effect.Answer}
   */
  record RequestReceived(OperatorRequest request, @Nullable OperatorKey key, long correlation)
      implements Input {
    /** Name of the operator, as given in the request. */
    String by() {
      return request.by();
    }

    /** The reason, as a sentence. */
    String reason() {
      return request.reason();
    }
  }

  /**
   * A silence, acknowledgement or pause was written or deleted by {@link Effect.StoreInput}, and is
   * part of {@link OperatorStateChanged}.
   *
   * @param store the effect that requested it
   */
  record InputStored(Effect.StoreInput store) implements Input {}

  /**
   * The stored data of a host was deleted by {@link Effect.RemoveHost}.
   *
   * @param forget the effect that requested it
   */
  record HostRemoved(Effect.RemoveHost forget) implements Input {}

  /** A tick, about once a second. */
  record Tick() implements Input {}

  /**
   * Policies were loaded.
   *
   * @param policies all of them
   * @param complete whether every file is valid, so that missing policies were removed
   */
  record PoliciesLoaded(PolicySet policies, boolean complete) implements Input {
    /** Policies from files that are all valid. */
    public PoliciesLoaded(PolicySet policies) {
      this(policies, true);
    }
  }

  /**
   * Open alerts of an earlier leader; precedes {@link LeadershipGained}, and follows it as well if
   * they were not complete.
   *
   * @param open their last publications
   * @param complete whether there are no others
   */
  record AlertsRestored(List<Alert> open, boolean complete) implements Input {}

  /**
   * A baseline that another controller learned.
   *
   * @param baseline of one class of disks
   */
  record BaselineLoaded(DiskBaseline baseline) implements Input {}

  /**
   * The operator state has changed.
   *
   * @param operatorState the new state
   */
  record OperatorStateChanged(OperatorState operatorState) implements Input {}

  /**
   * This controller became the leader.
   *
   * @param epoch fencing token; agents refuse a lower one than they have seen
   */
  record LeadershipGained(long epoch) implements Input {}

  /** This controller is no longer the leader. */
  record LeadershipLost() implements Input {}
}
