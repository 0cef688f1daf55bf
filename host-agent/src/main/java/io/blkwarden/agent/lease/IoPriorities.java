package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.IoPriority;
import java.util.Optional;

/**
 * The I/O priorities of this host's tasks, read and set by number.
 *
 * <p>A number is not an identity: the caller makes sure, before and after, that the pid is still
 * the task that it means. No method throws.
 */
public interface IoPriorities {
  /**
   * The priority that one task (thread) has. Absent when there is no such task; failed when the
   * kernel refused.
   */
  ReadResult<IoPriority> get(int pid);

  /**
   * Sets one task's priority to {@code idle} or {@code best-effort/0..7}, or to {@code none}.
   * Realtime is refused here: nothing that blkwarden does on its own may raise a task above all
   * others.
   *
   * @return why it could not be set; empty when it was
   */
  Optional<String> set(int pid, IoPriority priority);

  /**
   * Gives one task back the priority that was recorded before the first change, realtime included.
   *
   * @return why it could not be set; empty when it was
   */
  Optional<String> restore(int pid, IoPriority recorded);
}
