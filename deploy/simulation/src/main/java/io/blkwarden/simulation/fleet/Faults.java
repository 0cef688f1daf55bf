package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;

/** Faults injected between the parts of a run, to test the oracle; by default none. */
interface Faults {
  /** No fault. */
  Faults NONE = new Faults() {};

  /** The priorities as an agent sees them. */
  default IoPriorities priorities(IoPriorities kernel) {
    return kernel;
  }

  /** The cgroups as an agent sees them. */
  default LimitGroups groups(LimitGroups kernel) {
    return kernel;
  }

  /** Whether an agent's clock ticks. */
  default boolean ticks(boolean connected) {
    return true;
  }

  /** A command as received by its agent. */
  default Command command(Command command) {
    return command;
  }

  /** An outcome as received by the controllers. */
  default Optional<Outcome> outcome(Outcome outcome) {
    return Optional.of(outcome);
  }

  /** The effects of a controller's step. */
  default List<Effect> effects(List<Effect> effects) {
    return effects;
  }

  /** The policies as a controller loads them. */
  default PolicySet policies(PolicySet policies) {
    return policies;
  }
}
