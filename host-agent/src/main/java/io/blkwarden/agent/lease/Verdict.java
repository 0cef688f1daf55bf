package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.Optional;

/** The decision on a command. */
sealed interface Verdict {
  /**
   * Set a priority or a limit: a new lease, or another step of an active one.
   *
   * @param request the requested action
   * @param disk the disk with its workers
   * @param active the lease, if active
   * @param local whether an operator on the host requested it
   */
  record Apply(CommandAction.Set request, MappedDisk disk, Optional<Lease> active, boolean local)
      implements Verdict {}

  /**
   * Renew a lease.
   *
   * @param lease the lease
   * @param deadlineMillis new deadline
   */
  record Renew(Lease lease, long deadlineMillis) implements Verdict {}

  /**
   * End a lease.
   *
   * @param lease the lease
   */
  record Release(Lease lease) implements Verdict {}

  /**
   * Release an unknown lease, which counts as ended.
   *
   * @param reset the requested action
   */
  record UnknownLease(CommandAction.Reset reset) implements Verdict {}

  /** End all leases. */
  record ReleaseAll() implements Verdict {}

  /** Publish a snapshot of the mapping. */
  record SendSnapshot() implements Verdict {}

  /** Publish no snapshot, because the sender has this mapping. */
  record SameMapping() implements Verdict {}

  /**
   * The command was carried out before.
   *
   * @param outcome the earlier outcome
   */
  record Repeat(Outcome outcome) implements Verdict {}

  /**
   * Refuse the command.
   *
   * @param refusal kind of the reason
   * @param detail expected and found values
   */
  record Refuse(Outcome.Refusal refusal, String detail) implements Verdict {}
}
