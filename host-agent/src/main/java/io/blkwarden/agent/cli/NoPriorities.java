package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.model.IoPriority;
import java.util.Optional;

/** The priorities of a captured tree: its pids are not this host's, so none is read or set. */
final class NoPriorities implements IoPriorities {
  private static final String WHY = "the tasks of a captured tree do not run here";

  @Override
  public ReadResult<IoPriority> get(int pid) {
    return ReadResult.failed(WHY);
  }

  @Override
  public Optional<String> set(int pid, IoPriority priority) {
    return Optional.of(WHY);
  }

  @Override
  public Optional<String> restore(int pid, IoPriority recorded) {
    return Optional.of(WHY);
  }
}
