package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Faults injected between the parts of a run, to test the oracle; by default none. */
final class Faults {
  /** The priorities as an agent sees them. */
  UnaryOperator<IoPriorities> priorities = UnaryOperator.identity();

  /** The cgroups as an agent sees them. */
  UnaryOperator<LimitGroups> groups = UnaryOperator.identity();

  /** Whether the clock of a disconnected agent ticks. */
  boolean ticksOffline = true;

  /** A command as received by its agent. */
  UnaryOperator<Command> command = UnaryOperator.identity();

  /** An outcome as received by the controllers. */
  Function<Outcome, Optional<Outcome>> outcome = Optional::of;

  /** The effects of a controller's step. */
  UnaryOperator<List<Effect>> effects = UnaryOperator.identity();

  /** The policies as a controller loads them. */
  UnaryOperator<PolicySet> policies = UnaryOperator.identity();
}
