package io.blkwarden.controller.engine;

import io.blkwarden.controller.baseline.DiskBaseline;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import java.util.List;

/** An action that the engine requests. */
public sealed interface Effect {
  /**
   * Send a command; its outcome, or {@link Input.CommandAbandoned}, is the answer.
   *
   * @param command the command
   */
  record SendCommand(Command command) implements Effect {}

  /**
   * Publish an alert.
   *
   * @param alert the alert
   */
  record PublishAlert(Alert alert) implements Effect {}

  /**
   * Request a snapshot of the host's map; at most once in {@link RequestBackoff#MIN_MILLIS}, and
   * from few hosts at once.
   *
   * @param host the host
   */
  record RequestMap(HostId host) implements Effect {}

  /**
   * Announce this leader to the host's agent.
   *
   * @param host the host
   * @param known the map revision in its heartbeat, which it need not send again
   */
  record AnnounceLeader(HostId host, CommandAction.Revision known) implements Effect {}

  /**
   * Answer an operator.
   *
   * @param correlation that of {@link Input.RequestReceived}
   * @param reply the answer
   */
  record Answer(long correlation, OperatorReply reply) implements Effect {}

  /**
   * Store a learned baseline for the next controller.
   *
   * @param baseline of one class of disks
   */
  record StoreBaseline(DiskBaseline baseline) implements Effect {}

  /**
   * Delete the stored data of a removed host; {@link Input.HostRemoved} follows, or the operator is
   * answered that it failed.
   *
   * @param host the host
   * @param asked the operator's request
   */
  record RemoveHost(HostId host, Input.RequestReceived asked) implements Effect {}

  /**
   * Write a silence, acknowledgement or pause to its bucket, or delete it there; {@link
   * Input.InputStored} follows once it is in force, or the operator is answered that it failed.
   *
   * @param input the entry to write or delete
   * @param set whether to write it
   * @param expired expired entries to delete as well
   * @param asked the operator's request
   */
  record StoreInput(
      OperatorInput input, boolean set, List<OperatorInput> expired, Input.RequestReceived asked)
      implements Effect {}

  /**
   * Show and log why a reporting host cannot be evaluated or commanded.
   *
   * @param host the host
   * @param problem cause and fix; empty once it is solved
   */
  record HostProblem(HostId host, String problem) implements Effect {}

  /**
   * Log and count a bug of this program that kept a host from being evaluated.
   *
   * @param host whose map is requested again
   * @param what was being done
   * @param fault the exception
   */
  record Failed(HostId host, String what, RuntimeException fault) implements Effect {}

  /**
   * Record a decision, including one to do nothing.
   *
   * @param decision the decision and its reason
   */
  record RecordDecision(Decision decision) implements Effect {}
}
