package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.silence.OperatorState;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the step reacts to: one of a closed set. */
public sealed interface Input {
  /**
   * A host's counters arrived.
   *
   * @param host whose
   * @param frame the batch; only read while the step runs, so one frame may serve all batches
   */
  record SampleBatch(HostId host, SampleFrame frame) implements Input {
    public SampleBatch {
      Require.present(host, "host");
      Require.present(frame, "frame");
    }
  }

  /**
   * A host's map changed, or came whole.
   *
   * @param event the change
   */
  record MappingChanged(MappingEvent event) implements Input {
    public MappingChanged {
      Require.present(event, "event");
    }
  }

  /**
   * Something of a host was refused for want of room, and is not known any more.
   *
   * @param host whose
   */
  record ReportsDropped(HostId host) implements Input {
    public ReportsDropped {
      Require.present(host, "host");
    }
  }

  /**
   * An agent gave a sign of life.
   *
   * @param beat what it said
   */
  record HeartbeatReceived(Heartbeat beat) implements Input {
    public HeartbeatReceived {
      Require.present(beat, "beat");
    }
  }

  /**
   * An agent said what became of a command or a lease.
   *
   * @param outcome what it said
   */
  record OutcomeReceived(Outcome outcome) implements Input {
    public OutcomeReceived {
      Require.present(outcome, "outcome");
    }
  }

  /**
   * Dispatch gave a command up: no agent answered in its time.
   *
   * @param command which
   * @param why in a sentence
   */
  record CommandAbandoned(MessageId command, String why) implements Input {
    public CommandAbandoned {
      Require.present(command, "command");
      Require.text(why, 1_000, "why");
    }
  }

  /**
   * A person asked for something.
   *
   * @param request what
   * @param key NKey of the user, from the subject of the request; absent if that has none
   * @param correlation returned in {@link Effect.Answer}; the caller's own
   */
  record RequestReceived(OperatorRequest request, @Nullable OperatorKey key, long correlation)
      implements Input {
    public RequestReceived {
      Require.present(request, "request");
    }

    /** A request without a key. */
    public RequestReceived(OperatorRequest request, long correlation) {
      this(request, null, correlation);
    }

    /** Name of the person, as the request gives it. */
    String by() {
      return request.by();
    }

    /** Why, in a sentence. */
    String reason() {
      return request.reason();
    }
  }

  /**
   * A silence, acknowledgement or pause was written or deleted, as {@link Effect.StoreInput}
   * wanted, and came back in {@link OperatorStateChanged}.
   *
   * @param store what was wanted
   */
  record InputStored(Effect.StoreInput store) implements Input {
    public InputStored {
      Require.present(store, "store");
    }
  }

  /**
   * What was stored of a host is deleted, as {@link Effect.RemoveHost} wanted.
   *
   * @param forget what was wanted
   */
  record HostRemoved(Effect.RemoveHost forget) implements Input {
    public HostRemoved {
      Require.present(forget, "forget");
    }
  }

  /** Time went on; to be given about once a second. */
  record Tick() implements Input {}

  /**
   * The policies are these from now on.
   *
   * @param policies all of them
   * @param complete whether every file holds, so that what is not there was taken away
   */
  record PoliciesLoaded(PolicySet policies, boolean complete) implements Input {
    public PoliciesLoaded {
      Require.present(policies, "policies");
    }

    /** Policies of which every file holds. */
    public PoliciesLoaded(PolicySet policies) {
      this(policies, true);
    }
  }

  /**
   * These alerts were told before and are open; to be given right before a claim.
   *
   * @param open the last word on each
   */
  record AlertsRestored(List<Alert> open) implements Input {
    public AlertsRestored {
      open = List.copyOf(open);
    }
  }

  /**
   * What another controller learned of the fleet.
   *
   * @param baseline of one class of disks
   */
  record BaselineLoaded(DiskBaseline baseline) implements Input {
    public BaselineLoaded {
      Require.present(baseline, "spec");
    }
  }

  /**
   * What people said is this from now on.
   *
   * @param operatorState all of it
   */
  record OperatorStateChanged(OperatorState operatorState) implements Input {
    public OperatorStateChanged {
      Require.present(operatorState, "said");
    }
  }

  /**
   * This controller may act from now on.
   *
   * @param epoch its claim; agents refuse a lower one than they have seen
   */
  record LeadershipGained(long epoch) implements Input {
    public LeadershipGained {
      Require.within(epoch, 0, Long.MAX_VALUE, "epoch");
    }
  }

  /** This controller may not act any more. */
  record LeadershipLost() implements Input {}
}
