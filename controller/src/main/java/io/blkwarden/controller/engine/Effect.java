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

/** Something that the engine wants done. */
public sealed interface Effect {
  /**
   * Send a command; its outcome, or {@link Input.CommandAbandoned}, comes back.
   *
   * @param command what
   */
  record SendCommand(Command command) implements Effect {}

  /**
   * Publish an alert.
   *
   * @param alert what
   */
  record PublishAlert(Alert alert) implements Effect {}

  /**
   * Request a snapshot of the host's map; at most once in {@link
   * EngineSettings#SNAPSHOT_RETRY_MILLIS}, and from few hosts at once.
   *
   * @param host whose
   */
  record RequestMap(HostId host) implements Effect {}

  /**
   * Announce this leader to the host's agent.
   *
   * @param host whose
   * @param known the map revision in its heartbeat, which it need not send again
   */
  record AnnounceLeader(HostId host, CommandAction.Revision known) implements Effect {}

  /**
   * Answer an operator.
   *
   * @param correlation that of {@link Input.RequestReceived}
   * @param reply what to say
   */
  record Answer(long correlation, OperatorReply reply) implements Effect {}

  /**
   * Store a learned baseline for the next controller.
   *
   * @param baseline of one class of disks
   */
  record StoreBaseline(DiskBaseline baseline) implements Effect {}

  /**
   * Delete the stored data of a removed host; {@link Input.HostRemoved} comes back, or the operator
   * is answered that it failed.
   *
   * @param host which
   * @param asked who asked for it, and why
   */
  record RemoveHost(HostId host, Input.RequestReceived asked) implements Effect {}

  /**
   * Write a silence, acknowledgement or pause to its bucket, or delete it there; {@link
   * Input.InputStored} comes back once it is in force, or the operator is answered that it failed.
   *
   * @param input what to write or to delete
   * @param set whether to write it
   * @param expired expired entries to delete as well
   * @param asked who asked for it, and why
   */
  record StoreInput(
      OperatorInput input, boolean set, List<OperatorInput> expired, Input.RequestReceived asked)
      implements Effect {}

  /**
   * Show and log why a reporting host cannot be evaluated or commanded.
   *
   * @param host which
   * @param problem cause and fix; empty once it is solved
   */
  record HostProblem(HostId host, String problem) implements Effect {}

  /**
   * Log and count a bug of this program that kept a host from being evaluated.
   *
   * @param host whose map is requested again
   * @param what was being done
   * @param fault why it failed
   */
  record Failed(HostId host, String what, RuntimeException fault) implements Effect {}

  /**
   * Record a decision, including one to do nothing.
   *
   * @param decision the decision and its reason
   */
  record RecordDecision(Decision decision) implements Effect {}
}
