package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Require;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import java.util.List;

/** What the step wants done: one of a closed set. */
public sealed interface Effect {
  /**
   * Send a command and feed its outcome, or {@link Input.CommandAbandoned}, back.
   *
   * @param command what
   */
  record SendCommand(Command command) implements Effect {
    public SendCommand {
      Require.present(command, "command");
    }
  }

  /**
   * Tell people and programs.
   *
   * @param alert what
   */
  record PublishAlert(Alert alert) implements Effect {
    public PublishAlert {
      Require.present(alert, "alert");
    }
  }

  /**
   * Get the host's whole map; asked at most once in {@link EngineSettings#snapshotRetryMillis()},
   * and of few hosts at once.
   *
   * @param host whose
   */
  record RequestMap(HostId host) implements Effect {
    public RequestMap {
      Require.present(host, "host");
    }
  }

  /**
   * Tell the host's agent this controller's claim.
   *
   * @param host whose
   * @param known the mapping that its heartbeat named, which it need not send for this
   */
  record AnnounceLeader(HostId host, CommandAction.Revision known) implements Effect {
    public AnnounceLeader {
      Require.present(host, "host");
      Require.present(known, "known");
    }
  }

  /**
   * Answer a person.
   *
   * @param correlation that of {@link Input.RequestReceived}
   * @param reply what to say
   */
  record Answer(long correlation, OperatorReply reply) implements Effect {
    public Answer {
      Require.present(reply, "reply");
    }
  }

  /**
   * Keep what was learned of the fleet for the next controller.
   *
   * @param baseline of one class of disks
   */
  record StoreBaseline(DiskBaseline baseline) implements Effect {
    public StoreBaseline {
      Require.present(baseline, "spec");
    }
  }

  /**
   * Delete what is stored of a host that is gone, and feed {@link Input.HostRemoved} back; or
   * answer that it could not be deleted.
   *
   * @param host which
   * @param asked who asked for it, and why
   */
  record RemoveHost(HostId host, Input.RequestReceived asked) implements Effect {
    public RemoveHost {
      Require.present(host, "host");
      Require.present(asked, "asked");
    }
  }

  /**
   * Write a silence, an acknowledgement or the pause to its bucket, or delete it there, and feed
   * {@link Input.InputStored} back once that is in force; or answer that it could not be stored.
   *
   * @param input what to write or to delete
   * @param set whether to write it
   * @param expired what is over and to be deleted as well, at most {@link #EXPIRED_MAX}
   * @param asked who asked for it, and why
   */
  record StoreInput(
      OperatorInput input, boolean set, List<OperatorInput> expired, Input.RequestReceived asked)
      implements Effect {
    /** Most entries that are over and deleted with a request. */
    public static final int EXPIRED_MAX = 100;

    public StoreInput {
      Require.present(input, "input");
      expired = Require.list(expired, EXPIRED_MAX, "expired");
      Require.present(asked, "asked");
    }
  }

  /**
   * Show and log why a host that reports cannot be evaluated or commanded.
   *
   * @param host which
   * @param problem cause and remedy; empty once it is over
   */
  record HostProblem(HostId host, String problem) implements Effect {
    public HostProblem {
      Require.present(host, "host");
      Require.optionalText(problem.isEmpty() ? null : problem, 2_000, "problem");
    }
  }

  /**
   * Log and count that something of a host could not be evaluated: a fault of this program.
   *
   * @param host whose map is taken anew
   * @param what was being done
   * @param fault why it failed
   */
  record Failed(HostId host, String what, RuntimeException fault) implements Effect {
    public Failed {
      Require.present(host, "host");
      Require.present(fault, "fault");
    }
  }

  /**
   * Put a decision on record, also one to do nothing.
   *
   * @param decision what was decided and why
   */
  record RecordDecision(Decision decision) implements Effect {
    public RecordDecision {
      Require.present(decision, "decision");
    }
  }
}
