package io.blkwarden.agent.lease;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.util.Optional;

/** What is to be done with a command. */
sealed interface Verdict {
  /**
   * Set a priority or a limit: a new lease, or another rung of one that is held.
   *
   * @param wish what is asked for
   * @param disk the disk with its workers, as quoted and as present
   * @param held the lease when it is held already
   */
  record Apply(CommandAction.Set wish, MappedDisk disk, Optional<Lease> held) implements Verdict {}

  /**
   * Let a lease run longer.
   *
   * @param lease which one
   * @param deadlineMillis until when
   */
  record Renew(Lease lease, long deadlineMillis) implements Verdict {}

  /**
   * End a lease.
   *
   * @param lease which one
   */
  record Release(Lease lease) implements Verdict {}

  /**
   * A lease is to end that is not held: it has ended.
   *
   * @param reset what was asked
   */
  record NotHeld(CommandAction.Reset reset) implements Verdict {}

  /** End all leases. */
  record ReleaseAll() implements Verdict {}

  /** Publish a snapshot of the mapping. */
  record SendSnapshot() implements Verdict {}

  /** Publish none, for the sender knows of this mapping. */
  record SameMapping() implements Verdict {}

  /**
   * The command was carried out before.
   *
   * @param outcome what became of it then
   */
  record Repeat(Outcome outcome) implements Verdict {}

  /**
   * Do nothing.
   *
   * @param refusal kind of the reason
   * @param detail what was expected and what was found
   */
  record Refuse(Outcome.Refusal refusal, String detail) implements Verdict {}
}
