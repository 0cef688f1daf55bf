package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Outcome;
import java.util.List;
import java.util.Optional;

/** What stands between the real parts: by default nothing, and everything passes as it is. */
interface Parts {
  /** Nothing stands between. */
  Parts REAL = new Parts() {};

  /** The priorities that a host's agent sees. */
  default IoPriorities priorities(IoPriorities kernel) {
    return kernel;
  }

  /** The groups that a host's agent sees. */
  default LimitGroups groups(LimitGroups kernel) {
    return kernel;
  }

  /** What an agent finds when it starts again. */
  default Optional<StoredLeases> found(Optional<StoredLeases> stored) {
    return stored;
  }

  /** Whether an agent's clock ticks. */
  default boolean ticks(boolean connected) {
    return true;
  }

  /** A command as it reaches its agent. */
  default Command command(Command command) {
    return command;
  }

  /** An outcome as it reaches the controllers. */
  default Optional<Outcome> outcome(Outcome outcome) {
    return Optional.of(outcome);
  }

  /** What a controller's step wants done. */
  default List<Effect> effects(List<Effect> effects) {
    return effects;
  }

  /** The policies as a controller has them. */
  default PolicySet policies(PolicySet policies) {
    return policies;
  }
}
